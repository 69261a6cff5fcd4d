"""Queues, topics and the caller's identity: the parts of SQS, SNS and STS that scripts around Rekognition use."""

from albumen.aws_api.services.messages.post import Post
from albumen.aws_api.services.messages.sns import Sns
from albumen.aws_api.services.messages.sqs import Sqs
from albumen.aws_api.services.messages.sts import Sts

__all__ = ["Post", "Sns", "Sqs", "Sts"]
