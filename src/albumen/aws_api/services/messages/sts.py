"""STS: who the caller is, which tools ask before they do anything."""

from albumen.aws_api.wire import Call


class Sts:
    """The served part of STS."""

    def get_caller_identity(self, call: Call) -> dict[str, object]:
        """Answer with the account of the caller's key."""
        return {"Account": call.account, "UserId": call.account, "Arn": f"arn:aws:iam::{call.account}:root"}
