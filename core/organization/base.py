"""What all parts of a spec share."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
ToolName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
JsonObject = dict[str, Any]


class Spec(BaseModel):
    """Base of all parts of a spec: frozen. Fields that are not known here, which a later version may have written,
    are kept as they are (`model_extra`) and reported by `unknown_fields`; our own code cannot make any, because
    the type checker refuses unknown keywords (`init_forbid_extra`)."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True, allow_inf_nan=False)
