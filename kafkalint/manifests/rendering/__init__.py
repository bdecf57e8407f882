"""What Kustomize and Helm make of folders: which, from which files, and by which commands."""
