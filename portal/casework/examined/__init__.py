"""What looks into hostile files: run by `portal.confined`, never imported by the desk."""
