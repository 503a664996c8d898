namespace AdaptCluster.Training.Data;

/// <summary>The origin of a data set's splits.</summary>
public enum SplitOrigin
{
    /// <summary>The data set's folders or its published list define the splits.</summary>
    Given,

    /// <summary>
    /// Training and test images are given; validation shots are drawn from the training images that were not chosen as training shots.
    /// </summary>
    ValidationFromTrain,

    /// <summary>No split is given; AdaptCluster split the images 50/20/30, so results are not comparable with published results.</summary>
    SelfMade,

    /// <summary>Test images are given; AdaptCluster split the rest 80/20 into training and validation images.</summary>
    SelfMadeValidation,
}
