"""A person's photos and videos: importing, understanding, finding and keeping them."""
