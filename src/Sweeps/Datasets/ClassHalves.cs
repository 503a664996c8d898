namespace AdaptCluster.Sweeps.Datasets;

/// <summary>
/// The two halves of a data set's classes in the base-to-new protocol. Classes are split in label order: the base half comes first, and
/// gets the extra class if their number is odd (subsample_classes in datasets/oxford_pets.py of KaiyangZhou/CoOp).
/// </summary>
public static class ClassHalves
{
    /// <summary>The name of the half used for training.</summary>
    public const string Base = "base";

    /// <summary>The name of the half whose classes are not seen in training.</summary>
    public const string New = "new";

    /// <summary>Both names, in the order in which tables list them.</summary>
    public static IReadOnlyList<string> All { get; } = [Base, New];

    /// <summary>Returns the labels of each half in ascending order. A label's position in its list is its label within the half.</summary>
    /// <param name="labels">The labels of the training images, in any order; duplicates are allowed.</param>
    public static (int[] Base, int[] New) Of(IEnumerable<int> labels)
    {
        int[] sorted = [.. labels.Distinct().Order()];
        var cut = (sorted.Length + 1) / 2;
        return (sorted[..cut], sorted[cut..]);
    }

    /// <summary>Returns the labels of one half.</summary>
    /// <param name="half"><see cref="Base"/> or <see cref="New"/>.</param>
    /// <param name="labels">The labels of the training images, in any order; duplicates are allowed.</param>
    public static int[] Of(string half, IEnumerable<int> labels) => half switch
    {
        Base => Of(labels).Base,
        New => Of(labels).New,
        _ => throw new ArgumentException($"'{half}' is not a half of the classes; expected {Base} or {New}.", nameof(half)),
    };
}
