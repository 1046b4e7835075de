"""What scanning a whole project costs, beside other tools and beside parsing alone."""
