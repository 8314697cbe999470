"""What a trigger is: where its events come from, which organization each goes to, and what that is told."""
