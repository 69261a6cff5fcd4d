"""Rekognition: real answers from the models that are installed here, and from the user's own collections."""

from albumen.aws_api.services.rekognition.notices import Subscribers
from albumen.aws_api.services.rekognition.service import Rekognition
from albumen.aws_api.services.rekognition.tasks import Tasks

__all__ = ["Rekognition", "Subscribers", "Tasks"]
