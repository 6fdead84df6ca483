"""What systems do differently: locks on files, making a rename last; Linux, macOS, Windows."""
