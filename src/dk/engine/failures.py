"""What the SDK and the network raise, as the one error form."""

from dk.errors import DkError, EngineLostError

NOT_FOUND = 404
GOING = ("unrecognized image ID", "layer does not exist")


class EngineError(DkError):
    """The engine refused a call, or did not answer in time: `status`, of HTTP, is then None."""

    def __init__(self, what: str, why: str = "", fix: str = "", *, status: int | None) -> None:
        super().__init__(what, why, fix)
        self.status = status

    @property
    def gone(self) -> bool:
        """Whether there is no such thing; of an image that goes just now 20.10 has other words."""
        return self.status == NOT_FOUND or self.what.startswith(GOING)


def translate(error: Exception) -> DkError:
    """Return the error to show for what a call to the engine raised.

    Takes docker.errors.APIError, the exceptions of requests and OSError; a DkError passes through.
    """
    if isinstance(error, DkError):
        return error
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None:
        return _refused(error, status)
    cause = root_cause(error)
    if isinstance(cause, DkError):
        return cause
    if timed_out(error):
        return EngineError(
            "the engine did not answer in time",
            "it may be busy, or hang",
            "see what it does with `docker events`, then try again",
            status=None,
        )
    return broken_off(cause)


def broken_off(cause: BaseException) -> EngineLostError:
    """Return the error for a connection that ended in the middle of a call."""
    why = str(getattr(cause, "strerror", None) or cause)
    if isinstance(cause, ValueError):  # of urllib3, which reads the size of a chunk that is missing
        why = "its answer was cut off"
    return EngineLostError(
        "the connection to the engine broke off",
        one_line(why),
        "check that the engine still runs, and what was done, then try again",
    )


def timed_out(error: BaseException) -> bool:
    """Whether the engine was given up because it did not answer in time."""
    return isinstance(root_cause(error), TimeoutError)


def root_cause(error: BaseException) -> BaseException:
    """Return the error that requests and urllib3 wrapped: an OSError of the system, mostly."""
    while True:
        # requests' own exceptions are OSErrors too.
        library = type(error).__module__.partition(".")[0]
        if isinstance(error, OSError | DkError) and library not in ("requests", "urllib3"):
            return error
        wrapped = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        inner = next((item for item in wrapped if isinstance(item, BaseException)), None)
        if inner is None:
            return error
        error = inner


def one_line(text: str) -> str:
    """Return the text as one line without a closing full stop."""
    return " ".join(text.split()).removesuffix(".")


def _refused(error: Exception, status: int) -> EngineError:
    explanation = getattr(error, "explanation", None) or getattr(error, "args", ("",))[0]
    if isinstance(explanation, bytes):
        explanation = explanation.decode(errors="replace")
    message = one_line(str(explanation)).removeprefix("Error response from daemon: ")
    fix = ""
    if "client version" in message:
        fix = "set DOCKER_API_VERSION to a version that both speak, or update dk or the engine"
    elif status >= 500:
        fix = "the engine's log may say more (journalctl -u docker)"
    return EngineError(message or f"the engine answered {status}", fix=fix, status=status)
