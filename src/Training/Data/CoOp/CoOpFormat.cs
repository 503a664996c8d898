using System.Text.RegularExpressions;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Training.Data.Folders;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>The data sets of the CoOp family, in the folders that its users have.</summary>
internal sealed partial class CoOpFormat : DatasetFormat, IDatasetOpener
{
    private const string Id = "coop";

    /// <inheritdoc/>
    public override string Name => Id;

    /// <inheritdoc/>
    public override int Order => 1;

    /// <inheritdoc/>
    public override string? Description => null;

    /// <inheritdoc/>
    public override bool IsWritten => false;

    /// <inheritdoc/>
    public override IReadOnlyList<string> KnownNames { get; } = [.. CoOpLayouts.All.Select(layout => layout.Name)];

    /// <summary>CoOp's configs name the folders, and its code the classes that the published splits are called after.</summary>
    public override IReadOnlyDictionary<string, string> Aliases { get; } = CoOpLayouts.All
        .SelectMany(layout => new[] { layout.Folder, SplitName().Match(layout.SplitFile ?? "").Groups[1].Value }
            .Where(alias => alias.Length > 0 && alias != layout.Name).Distinct().Select(alias => (alias, layout.Name)))
        .ToDictionary(pair => pair.alias, pair => pair.Name, StringComparer.Ordinal);

    /// <summary>The hand-made texts of the family are zero-shot CLIP's; trained methods begin with a plain one.</summary>
    public override string TrainingTemplate => DatasetSource.DefaultTemplate;

    /// <summary>The family's name of a data set; null for one that is none of the family's, whatever it is called.</summary>
    public static string? NameOf(DatasetSource dataset) => dataset.Format == Id ? dataset.Name : null;

    /// <inheritdoc/>
    public override string Refusal(string key, string dataset) =>
        $"a data set that is known by its name, such as '{dataset}', has no {key}; remove it, or add \"format\": \"{FolderFormat.Id}\"";

    /// <inheritdoc/>
    public IDataset Open(IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var layout = Layout(source);
        return new FileDataset(layout.Read(new CoOpFolder(dataRoots, layout)), layout.Template);
    }

    /// <inheritdoc/>
    public string Stamp(IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var layout = Layout(source);
        return layout.Stamp(new CoOpFolder(dataRoots, layout));
    }

    /// <summary>Checks a data set: whether it is there, whole, and the published one.</summary>
    public DatasetReport Check(
        IReadOnlyList<string> dataRoots, DatasetSource source, int shots, IReadOnlyList<int> seeds, CancellationToken cancellation) =>
        CoOpCheck.Of(dataRoots, Layout(source), cancellation);

    [GeneratedRegex(@"^split_zhou_(\w+)\.json\z")]
    private static partial Regex SplitName();

    private static CoOpLayout Layout(DatasetSource source) => CoOpLayouts.Find(source.Name)
        ?? throw new InvalidInputException($"data set '{source.Name}' is none of the CoOp family's: "
            + $"{string.Join(", ", CoOpLayouts.All.Select(layout => layout.Name))}.");
}
