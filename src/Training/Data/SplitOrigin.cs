namespace AdaptCluster.Training.Data;

/// <summary>Who decided which image belongs to which split.</summary>
public enum SplitOrigin
{
    /// <summary>The data set's folders or its published list.</summary>
    Given,

    /// <summary>Training and test images are given; validation shots come from the training images that were not chosen.</summary>
    ValidationFromTrain,

    /// <summary>Nothing is given; this project split the images 50/20/30, so the numbers compare with no published ones.</summary>
    SelfMade,

    /// <summary>Test images are given; this project split the others 80/20 in training and validation images.</summary>
    SelfMadeValidation,
}
