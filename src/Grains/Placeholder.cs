namespace AdaptCluster.Grains;
