namespace AdaptCluster.Contracts;
