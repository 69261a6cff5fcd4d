"""What can be said of a face; None stands for what no model here can tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from albumen.vision.faces.pose import Pose


@dataclass(frozen=True)
class Claim:
    """A yes or no with how sure it is, 0 to 1."""

    value: bool
    confidence: float


@dataclass(frozen=True)
class Traits:
    """Attributes of one face; positions are fractions of the picture, angles degrees."""

    age: tuple[int, int] | None = None
    male: float | None = None
    """Probability that people would call the person male."""
    pose: Pose | None = None
    gaze: tuple[float, float, float] | None = None
    """Yaw, pitch, confidence 0 to 1."""
    claims: Mapping[str, Claim] = field(default_factory=dict[str, Claim])
    """By response member: Smile, EyesOpen, MouthOpen, Eyeglasses, Sunglasses, Beard, Mustache, FaceOccluded."""
    landmarks: Mapping[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    """Landmarks beyond the five that every face has, or better ones of the same names."""
