using AdaptCluster.Contracts;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Writes few-shot lists for a data set in a format that other projects use and that the <c>fewShots</c> key of a spec accepts.
/// </summary>
public static class FewShotFiles
{
    /// <summary>Returns the lists for one draw. Labels are numbered across all classes, and paths are relative to the data root.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="shots">The number of training images per class, at least 1.</param>
    /// <param name="seed">The seed of the draw.</param>
    /// <returns>The file names and their contents.</returns>
    /// <exception cref="InvalidInputException">The data set does not have enough images for this many shots.</exception>
    public static IReadOnlyList<(string Name, string Text)> Of(FileDataset dataset, int shots, int seed)
    {
        dataset.Counts(shots);
        var (train, validation) = dataset.Draw(shots, seed);
        (string Part, IReadOnlyList<ImageEntry> Images)[] parts = [("train", train), ("val", validation)];
        return [.. parts.Select(part => (FewShotFolder.FileName(shots, seed, part.Part), Text(dataset, part.Images)))];
    }

    private static string Text(FileDataset dataset, IReadOnlyList<ImageEntry> entries) => FewShotJson.Text(entries.Select(entry =>
        (dataset.Lists.PathOf(entry), entry.Label, dataset.ClassNames[entry.Label])));
}
