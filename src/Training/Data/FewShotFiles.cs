using AdaptCluster.Contracts;
using AdaptCluster.Training.Data.Lists;

namespace AdaptCluster.Training.Data;

/// <summary>The few-shot lists of a data set in the form in which <c>fewShots</c> of a spec, and other projects, read them.</summary>
public static class FewShotFiles
{
    /// <summary>The lists of one draw: labels count all classes, paths are relative to the data root.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="shots">Training images per class, at least 1.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <returns>Names of files with their lines.</returns>
    /// <exception cref="InvalidInputException">The data set cannot serve so many shots.</exception>
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
