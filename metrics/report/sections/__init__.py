"""What a report says, a module for each of its sections: each gives the blocks of one part, made from figures."""
