// RotatingFile
