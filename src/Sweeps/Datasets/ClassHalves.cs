namespace AdaptCluster.Sweeps.Datasets;

/// <summary>
/// The two halves of a data set's classes in the base-to-new protocol. By label, the base half comes first and gets the extra class of an
/// odd number (subsample_classes in datasets/oxford_pets.py of KaiyangZhou/CoOp).
/// </summary>
public static class ClassHalves
{
    /// <summary>The name of the half that is trained on.</summary>
    public const string Base = "base";

    /// <summary>The name of the half whose class names a method has not seen in training.</summary>
    public const string New = "new";

    /// <summary>Both names, in the order of tables.</summary>
    public static IReadOnlyList<string> All { get; } = [Base, New];

    /// <summary>
    /// Returns the labels of each half in ascending order. The position of a label in this list is its label within the half.
    /// </summary>
    /// <param name="labels">Labels of the training images, in any order, with repetitions.</param>
    public static (int[] Base, int[] New) Of(IEnumerable<int> labels)
    {
        int[] sorted = [.. labels.Distinct().Order()];
        var cut = (sorted.Length + 1) / 2;
        return (sorted[..cut], sorted[cut..]);
    }

    /// <summary>Returns the labels of one half.</summary>
    /// <param name="half"><see cref="Base"/> or <see cref="New"/>.</param>
    /// <param name="labels">As for <see cref="Of(IEnumerable{int})"/>.</param>
    public static int[] Of(string half, IEnumerable<int> labels) => half switch
    {
        Base => Of(labels).Base,
        New => Of(labels).New,
        _ => throw new ArgumentException($"'{half}' is not a half of the classes; expected {Base} or {New}.", nameof(half)),
    };
}
