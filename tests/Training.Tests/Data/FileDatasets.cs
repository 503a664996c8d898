using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>Data sets in files, opened by the format that they name.</summary>
internal static class FileDatasets
{
    /// <summary>Opens a data set.</summary>
    public static FileDataset Open(IReadOnlyList<string> dataRoots, DatasetSource source) =>
        (FileDataset)DatasetFormats.Open(Opener(source), dataRoots, source);

    /// <summary>Checks a data set of the CoOp family.</summary>
    public static DatasetReport Check(string dataRoot, string name)
    {
        var source = Known(name);
        return Opener(source).Check([dataRoot], source, shots: 1, seeds: [], TestContext.Current.CancellationToken);
    }

    /// <summary>A data set that is known by its name.</summary>
    public static DatasetSource Known(string name) => new() { Name = name, Format = KnownMethods.All.Formats.OfName(name).Name };

    private static IDatasetOpener Opener(DatasetSource source) => DatasetFormats.Opener(KnownMethods.All.Formats.Of(source));
}
