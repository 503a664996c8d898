namespace AdaptCluster.Training;
