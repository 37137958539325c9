"""A content folder of its own, a copy folder of its own, and small records, for the tests of the catalogue."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verkkoapu.catalogue.store import Copy
from verkkoapu.settings import PROJECT_DIR

RECORDS = Path(__file__).parent / "records"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path / "var" / "catalogue")


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """The project's content copied, so that accept and match may write, and settings that point there."""
    content = tmp_path / "content"
    shutil.copytree(PROJECT_DIR / "content", content)
    monkeypatch.setenv("VERKKOAPU_CONTENT", str(content))
    monkeypatch.setenv("VERKKOAPU_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("VERKKOAPU_CLOCK", "2026-11-24T10:00:00+02:00")
    for name in ("PTV_API_KEY", "PTV_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return content


def texts(**languages):
    return [{"language": language, "value": value, "type": "Name"} for language, value in languages.items()]


def hours(closes="16:00:00", friday=None):
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    return [{"serviceHourType": "DaysOfTheWeek", "validForNow": True, "isClosed": False, "openingHour": [
        {"dayFrom": day, "dayTo": "", "from": "08:00:00", "to": friday if friday and day == "Friday" else closes}
        for day in days]}]


def lohja(**more):
    """The health station of Lohja as the catalogue might have it."""
    return {
        "id": "10000000-0000-4000-8000-000000000001", "serviceChannelType": "ServiceLocation",
        "organizationId": "20000000-0000-4000-8000-000000000001",
        "serviceChannelNames": texts(fi="Lohjan terveysasema", sv="Lojo hälsostation", en="Lohja health station"),
        "phoneNumbers": [{"type": "Phone", "prefixNumber": "+358", "number": "191234567", "language": "fi",
                          "serviceChargeType": "Chargeable"}],
        "addresses": [{"type": "Location", "subType": "Single", "streetAddress": {
            "street": [{"value": "Sairaalatie", "language": "fi"}], "streetNumber": "8", "postalCode": "08200",
            "postOffice": [{"value": "LOHJA", "language": "fi"}],
            "municipality": {"code": "444", "name": texts(fi="Lohja", sv="Lojo")},
            "latitude": "6682000.5", "longitude": "334000.5"}}],
        "areas": [{"type": "Municipality", "municipalities": [{"code": "444", "name": texts(fi="Lohja", sv="Lojo")}]}],
        "areaType": "LimitedType", "languages": ["fi", "sv"], "serviceHours": hours(friday="15:00:00"),
        "services": [], "publishingStatus": "Published", "modified": "2026-10-01T00:00:00", **more,
    }


def service(number=1, channels=(), name="Liikuntaryhmä", organisation="30000000-0000-4000-8000-000000000001", **more):
    return {
        "id": f"40000000-0000-4000-8000-{number:012d}", "type": "Service", "serviceNames": texts(fi=name),
        "serviceDescriptions": [{"language": "fi", "value": "Ryhmä kaikille.", "type": "Summary"}],
        "serviceClasses": [{"code": "P16", "uri": "urn:P16", "name": [{"language": "fi", "value": "Liikunta ja ulkoilu"}]}],
        "targetGroups": [], "keywords": [], "languages": ["fi"], "areaType": "LimitedType",
        "areas": [{"type": "Municipality", "municipalities": [{"code": "444", "name": texts(fi="Lohja", sv="Lojo")}]}],
        "organizations": [{"roleType": "Responsible", "organization": {"id": organisation, "name": "Lohjan Liikkujat ry"}}],
        "serviceChannels": [{"serviceChannel": {"id": channel}, "serviceHours": [], "contactDetails": None}
                            for channel in channels],
        "publishingStatus": "Published", "modified": "2026-10-01T00:00:00", **more,
    }
