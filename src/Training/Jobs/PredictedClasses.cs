using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Training.Jobs;

/// <summary>The classes that a method predicted for the images in a split, in the split's order.</summary>
/// <param name="images">The images of the split.</param>
internal sealed class PredictedClasses(ImageBatches images)
{
    private readonly int[] _predicted = new int[images.Count];
    private readonly ushort[] _confidence = new ushort[images.Count];
    private int _found;

    /// <summary>The number of correctly classified images.</summary>
    internal int Correct => images.AllLabels.Where((label, i) => label == _predicted[i]).Count();

    /// <summary>Adds the predictions for the next images.</summary>
    /// <param name="predicted">The predicted class of each image, which is the class with the largest logit.</param>
    /// <param name="probabilities">The softmax probability of that class.</param>
    internal void Add(ReadOnlySpan<float> predicted, ReadOnlySpan<float> probabilities)
    {
        for (var i = 0; i < predicted.Length; i++)
            (_predicted[_found + i], _confidence[_found + i]) = ((int)predicted[i], SplitPredictions.Kept(probabilities[i]));
        _found += predicted.Length;
    }

    /// <summary>Converts the predictions to the form in which they are stored.</summary>
    /// <param name="classNames">The class names; at most <see cref="SplitPredictions.MaxClasses"/>.</param>
    internal SplitPredictions ToPredictions(IReadOnlyList<string> classNames) => new()
    {
        Manifest = images.Manifest(classNames),
        Labels = [.. images.AllLabels.Select(label => (ushort)label)],
        Predicted = Array.ConvertAll(_predicted, label => (ushort)label),
        Confidence = _confidence,
    };
}
