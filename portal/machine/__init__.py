"""What systems do differently: locks on files, new files closed to others; on every system."""
