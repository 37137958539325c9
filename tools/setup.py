"""Make everything the service needs, once: environments, browser, models. Standard library only, any Python 3.8 or newer.

    python3 tools/setup.py service     both environments and the trained models
    python3 tools/setup.py tests       the same, and what the tests need: their packages and Chromium

Each step writes a stamp with a digest of its inputs and is skipped while they are the same.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV, VENV_BOT, VENV_UV = ROOT / ".venv", ROOT / ".venv-bot", ROOT / ".venv-uv"
STAMPS = Path(os.environ.get("VERKKOAPU_DIR") or ROOT / "var") / "stamps"
UV_VERSION = "0.13.9"
SERVICE_PYTHONS = ("3.11", "3.12", "3.13")
BOT_PYTHONS = ("3.10",)
STARTED = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - STARTED:4.0f} s] {text}", flush=True)


def fail(text):
    say("cannot go on: " + text)
    raise SystemExit(2)


def run(*command, **options):
    """Run a step; on failure show the end of what it printed."""
    environment = dict(os.environ, **options.pop("env", {}))
    log = STAMPS / "last-step.log"
    STAMPS.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=subprocess.STDOUT, env=environment,
                                   cwd=str(options.pop("cwd", ROOT)))
        waited = 0
        while True:
            try:
                status = process.wait(timeout=10)
                break
            except subprocess.TimeoutExpired:
                waited += 10
                say("  … still at it (%d s)" % waited)
    if status:
        sys.stdout.write(log.read_text(errors="replace")[-4000:])
        fail("%s failed with status %d" % (Path(str(command[0])).name, status))


def digest(*paths):
    """A digest of files and of all files in folders."""
    found = hashlib.sha256()
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts) if path.is_dir() else [path]
        for file in files:
            found.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def step(name, text, inputs, product, action):
    """Do `action` unless `product` exists and its inputs are as they were."""
    stamp = STAMPS / name
    if product.exists() and stamp.exists() and stamp.read_text() == inputs:
        return
    say(text)
    action()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(inputs)


def uv():
    """uv from PATH, else from an environment of its own."""
    found = shutil.which("uv")
    if found:
        return found
    own = VENV_UV / "bin" / "uv"
    if not own.exists():
        say("fetching uv, which installs the rest")
        shutil.rmtree(str(VENV_UV), ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV_UV)], capture_output=True)
        if made.returncode:
            apt_install("python3-venv", "Python's venv module")
            run(sys.executable, "-m", "venv", VENV_UV)
        run(VENV_UV / "bin" / "python", "-m", "pip", "install", "--quiet", "uv==" + UV_VERSION)
    return str(own)


def apt_install(package, what):
    """Install a Debian package when this user may; else say what to do."""
    root = [] if os.geteuid() == 0 else (["sudo", "-n"] if shutil.which("sudo") else None)
    if not shutil.which("apt-get") or root is None:
        fail(f"{what} is missing. Install the package '{package}' and run this again.")
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    say(f"installing {what} (package {package})")
    run(*root, "apt-get", "update", env=environment)
    run(*root, "apt-get", "install", "-y", "--no-install-recommends", package, env=environment)


def works(python, version):
    try:
        code = "import sys, ensurepip; print('%d.%d' % sys.version_info[:2])"
        out = subprocess.run([str(python), "-c", code], capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return out.returncode == 0 and out.stdout.decode().strip() == version


def find_python(versions):
    """An interpreter of one of `versions`: on PATH, then pyenv's, then one that uv fetches."""
    for version in versions:
        found = shutil.which("python" + version)
        if found and works(found, version):
            return found
        if works(sys.executable, version):
            return sys.executable
    roots = [os.environ.get("PYENV_ROOT"), str(Path.home() / ".pyenv")]
    if shutil.which("pyenv"):
        roots.insert(0, subprocess.run(["pyenv", "root"], capture_output=True).stdout.decode().strip())
    for root in filter(None, roots):
        for version in versions:
            for candidate in sorted(Path(root).glob(f"versions/{version}*/bin/python{version}"), reverse=True):
                if works(candidate, version):
                    return str(candidate)
    asked = subprocess.run([uv(), "python", "find", versions[0]], capture_output=True)
    if asked.returncode:
        say(f"fetching Python {versions[0]} with uv")
        if subprocess.run([uv(), "python", "install", versions[0]]).returncode:
            fail("no Python {} was found on PATH or in pyenv, and uv could not fetch one. "
                 "Install it and run this again.".format(" or ".join(versions)))
        asked = subprocess.run([uv(), "python", "find", versions[0]], capture_output=True)
    return asked.stdout.decode().strip()


def make_environment(folder, versions, *requirements):
    # uv does not read pip's own variable for a folder of wheels (there a CPU build of PyTorch may lie).
    links = {"UV_FIND_LINKS": os.environ["PIP_FIND_LINKS"]} if os.environ.get("PIP_FIND_LINKS") else {}
    python = folder / "bin" / "python"
    if not python.exists():
        run(uv(), "venv", "--seed", "--clear", "--python", find_python(versions), folder)
    run(uv(), "pip", "install", "--python", python, *[part for file in requirements for part in ("-r", file)], env=links)


def environments(with_tests):
    """Both environments; the tests' packages go into the service's own."""
    requirements = [ROOT / "requirements.txt"]
    step("service", "installing the service's packages", digest(*requirements, ROOT / "pyproject.toml"), VENV / "bin" / "verkkoapu",
         lambda: (make_environment(VENV, SERVICE_PYTHONS, *requirements),
                  run(uv(), "pip", "install", "--python", VENV / "bin" / "python", "--no-deps", "-e", ROOT)))
    step("bot", "installing Rasa in an environment of its own", digest(ROOT / "bot" / "requirements.txt"), VENV_BOT / "bin" / "rasa",
         lambda: make_environment(VENV_BOT, BOT_PYTHONS, ROOT / "bot" / "requirements.txt"))
    if with_tests:
        tests = ROOT / "requirements-test.txt"
        step("tests", "installing the tests' packages", digest(tests), VENV / "bin" / "pytest",
             lambda: make_environment(VENV, SERVICE_PYTHONS, *requirements, tests))
        if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
            apt_install("chromium", "Chromium, for the browser tests")


def models():
    """Train what is not trained or whose inputs changed."""
    var = STAMPS.parent
    python = VENV / "bin" / "python"
    content, bot = ROOT / "content", ROOT / "bot"
    examples = [content / "topics.yaml", content / "service.yaml", content / "contacts"]
    languages = [p for p in sorted(content.iterdir()) if (p / "examples").is_dir()]
    step("search-model", "training the search (about two minutes)",
         digest(*examples, *languages, ROOT / "verkkoapu" / "search"), var / "models" / "search",
         lambda: run(python, "-m", "verkkoapu.search.train", "--content", content, "--out", var / "models" / "search"))
    step("safety-model", "training the safety guard", digest(content / "safety", ROOT / "verkkoapu" / "safety"),
         var / "models" / "safety.npz",
         lambda: run(python, "-m", "verkkoapu.safety.train", "--content", content, "--out", var / "models" / "safety.npz"))
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
             "PYTHONWARNINGS": "ignore"}
    inputs = [bot / name for name in ("config.yml", "domain.yml", "components", "make_training_data.py")]
    inputs += [bot / "data" / name for name in ("rules.yml", "stories.yml", "nlu")]
    step("bot-model", "training Rasa", digest(*inputs, *languages), bot / "models" / "verkkoapu.tar.gz",
         lambda: (run(python, bot / "make_training_data.py", "--content", content, "--out", bot / "data" / "made"),
                  run(VENV_BOT / "bin" / "python", "-m", "rasa", "train", "--fixed-model-name", "verkkoapu", "--quiet",
                      env=quiet, cwd=bot)))


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else "service"
    if wanted not in ("environments", "service", "tests"):
        fail("say 'environments', 'service' or 'tests'")
    environments(with_tests=wanted == "tests")
    if wanted != "environments":
        models()
    say("everything is set up")


if __name__ == "__main__":
    main()
