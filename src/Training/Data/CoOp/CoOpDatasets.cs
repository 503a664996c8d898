using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The data sets of the CoOp family, in the folders that its users have.</summary>
internal static class CoOpDatasets
{
    /// <summary>Opens a data set.</summary>
    /// <param name="dataRoots">The folders that the data sets' folders lie in, searched in order.</param>
    /// <param name="name">One of <see cref="Contracts.Jobs.DatasetFormats.CoOpNames"/>.</param>
    /// <exception cref="InvalidInputException">It is not there, incomplete or damaged; the message names the path.</exception>
    public static FileDataset Open(IReadOnlyList<string> dataRoots, string name)
    {
        var layout = Layout(name);
        return new FileDataset(layout.Read(new CoOpFolder(dataRoots, layout)), layout.Template);
    }

    /// <summary>
    /// What the files look like from outside. ImageNet has too many files for a look at each whenever a plan is made, so there it is the
    /// folders, whose times change with the files in them; a file that was written over in place shows when it is loaded.
    /// </summary>
    /// <exception cref="InvalidInputException">As for <see cref="Open"/>.</exception>
    public static string Stamp(IReadOnlyList<string> dataRoots, string name)
    {
        var layout = Layout(name);
        var folder = new CoOpFolder(dataRoots, layout);
        return layout.Build == ImageNet.Read ? ImageNet.Stamp(folder) : FileFingerprint.Stamp(layout.Read(folder));
    }

    private static CoOpLayout Layout(string name) => CoOpLayouts.Find(name)
        ?? throw new InvalidInputException(
            $"data set '{name}' is none of the CoOp family's: {string.Join(", ", CoOpLayouts.All.Select(layout => layout.Name))}.");
}
