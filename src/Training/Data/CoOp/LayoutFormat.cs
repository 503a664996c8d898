using System.Text.RegularExpressions;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Training.Data.Folders;

namespace AdaptCluster.Training.Data.CoOp;

/// <summary>A format for data sets that are known by name and use the folder layout in CoOp's DATASETS.md.</summary>
internal abstract partial class LayoutFormat : DatasetFormat, IDatasetOpener
{
    private string[]? _names;
    private Dictionary<string, string>? _aliases;

    /// <inheritdoc/>
    public override string? Description => null;

    /// <inheritdoc/>
    public override bool IsWritten => false;

    /// <inheritdoc/>
    public override IReadOnlyList<string> KnownNames => _names ??= [.. Layouts.Select(layout => layout.Name)];

    /// <summary>
    /// The aliases of the data sets: the folder names used in CoOp's configs, and the names of CoOp's data set classes, which also occur in
    /// the names of the published split files.
    /// </summary>
    public override IReadOnlyDictionary<string, string> Aliases => _aliases ??= Layouts
        .SelectMany(layout => new[] { layout.Folder, SplitName().Match(layout.SplitFile ?? "").Groups[1].Value }
            .Where(alias => alias.Length > 0 && alias != layout.Name).Distinct().Select(alias => (alias, layout.Name)))
        .ToDictionary(pair => pair.alias, pair => pair.Name, StringComparer.Ordinal);

    /// <summary>The default template, for trained methods. CoOp's handcrafted templates are only for zero-shot CLIP.</summary>
    public override string TrainingTemplate => DatasetSource.DefaultTemplate;

    /// <summary>The layouts of the format's data sets.</summary>
    protected abstract IReadOnlyList<CoOpLayout> Layouts { get; }

    /// <inheritdoc/>
    public override string Refusal(string key, string dataset) =>
        $"a data set that is known by name, such as '{dataset}', has no {key}; remove it, or add \"format\": \"{FolderFormat.Id}\"";

    /// <inheritdoc/>
    public IDataset Open(IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var layout = Layout(source);
        var lists = layout.Read(new CoOpFolder(dataRoots, layout));
        return new FileDataset(lists with { Place = DataPath.Normal($"{layout.Folder}/{layout.Images}") }, layout.Template);
    }

    /// <inheritdoc/>
    public string Stamp(IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var layout = Layout(source);
        return layout.Stamp(new CoOpFolder(dataRoots, layout));
    }

    /// <summary>Checks whether a data set is present, complete, and the published version.</summary>
    public DatasetReport Check(
        IReadOnlyList<string> dataRoots, DatasetSource source, int shots, IReadOnlyList<int> seeds, CancellationToken cancellation) =>
        CoOpCheck.Of(dataRoots, Layout(source), cancellation);

    [GeneratedRegex(@"^split_zhou_(\w+)\.json\z")]
    private static partial Regex SplitName();

    private CoOpLayout Layout(DatasetSource source) => Layouts.FirstOrDefault(layout => layout.Name == source.Name)
        ?? throw new InvalidInputException($"data set '{source.Name}' is not in the CoOp family: {string.Join(", ", KnownNames)}.");
}
