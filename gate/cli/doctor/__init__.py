"""``gate doctor``: asks a running gate as posters and forums do, and says what stands in their way."""
