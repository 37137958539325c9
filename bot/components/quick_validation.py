"""Check replies of the action server with a validator that is made once.

`RemoteAction._validate_action_result` of Rasa 3.6.21 calls `jsonschema.validate`, which checks the schema itself
against its meta-schema each time. Replies are still validated in full, with the same schema and the same error.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import DOCS_BASE_URL, RemoteAction


@lru_cache(maxsize=1)
def _validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema, default=Draft7Validator)
    kind.check_schema(schema)
    return kind(schema)


def validate_action_result(self: RemoteAction, result: Dict[str, Any]) -> bool:
    """True when the reply fits the schema; raises jsonschema's ValidationError when it does not."""
    error = best_match(_validator().iter_errors(result))
    if error is None:
        return True
    error.message += (
        ". Failed to validate Action server response from API, make sure your response from the Action endpoint "
        f"is valid. For more information about the format visit {DOCS_BASE_URL}/custom-actions"
    )
    raise error


def install() -> None:
    """Put the quick check in the place of Rasa's; harmless when called again."""
    RemoteAction._validate_action_result = validate_action_result
