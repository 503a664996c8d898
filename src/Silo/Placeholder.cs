namespace AdaptCluster.Silo;
