"""What becomes of models after training: judged, compared, promoted, taken back, made again."""
