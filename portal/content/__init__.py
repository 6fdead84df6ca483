"""Files in: loading, checking and cataloguing what stands under content/ and notices/."""
