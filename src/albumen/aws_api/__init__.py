"""The AWS-compatible front door: unmodified boto3, aws CLI and AWS SDK clients get real answers from this machine."""
