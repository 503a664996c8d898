using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>The data sets that a spec names: those that are trained on, and those that jobs are evaluated on.</summary>
internal static class DatasetList
{
    /// <summary>The data sets of a list, which the schema has accepted.</summary>
    /// <param name="list">The list.</param>
    /// <param name="source">What errors call the spec.</param>
    /// <param name="place">JSON path of the list.</param>
    /// <param name="formats">The formats.</param>
    /// <exception cref="InvalidInputException">It is refused.</exception>
    public static DatasetSource[] Read(JsonElement list, string source, string place, FormatCatalog formats)
    {
        var datasets = new List<DatasetSource>();
        foreach (var (item, index) in list.EnumerateArray().Select((item, index) => (item, index)))
        {
            var path = $"{place}[{index}]";
            var dataset = One(item, source, path, formats);
            if (formats.Find(dataset.Format).IsTestOnly)
                throw SpecParser.Refused(source, path, $"data set '{dataset.Name}' has test images alone; move it to \"evaluate\"");
            if (datasets.Any(d => d.Name == dataset.Name))
                throw SpecParser.Refused(source, path, $"data set '{dataset.Name}' stands in the list twice; write it once");
            datasets.Add(dataset);
        }
        return [.. datasets];
    }

    /// <summary>What jobs are evaluated on: halves of classes, data sets of the spec by their names, and others.</summary>
    /// <exception cref="InvalidInputException">It is refused.</exception>
    public static SpecTarget[] Targets(JsonElement list, string source, DatasetSource[] datasets, FormatCatalog formats)
    {
        var targets = new List<SpecTarget>();
        foreach (var (item, index) in list.EnumerateArray().Select((item, index) => (item, index)))
        {
            var path = $"$.evaluate[{index}]";
            var name = item.ValueKind == JsonValueKind.String ? item.GetString()! : SpecParser.Text(item, "name")!;
            if (targets.Exists(target => target.Name == name))
                throw SpecParser.Refused(source, path, $"'{name}' stands in the list twice; write it once");
            if (!ClassHalves.All.Contains(name))
            {
                var known = item.ValueKind == JsonValueKind.String ? Array.Find(datasets, dataset => dataset.Name == name) : null;
                var dataset = known is null ? One(item, source, path, formats) : known with { Classes = null };
                if (dataset.FewShots is not null && known is null)
                    throw SpecParser.Refused(
                        source, $"{path}.{DatasetKeys.FewShots}", "nothing is trained on a data set of this list; remove it");
                targets.Add(new(name, dataset with { FewShots = null }, path));
                continue;
            }
            if (Array.Find(datasets, dataset => dataset.Classes is null) is { } whole)
                throw SpecParser.Refused(source, path,
                    $"data set '{whole.Name}' is trained on all classes; give it \"classes\": \"{ClassHalves.Base}\", or remove '{name}'");
            targets.Add(new(name, null, path));
        }
        return [.. targets];
    }

    private static DatasetSource One(JsonElement item, string source, string path, FormatCatalog formats) =>
        item.ValueKind == JsonValueKind.String
            ? new DatasetSource { Name = item.GetString()!, Format = formats.OfName(item.GetString()!).Name }
            : Described(item, source, path, formats);

    private static DatasetSource Described(JsonElement item, string source, string path, FormatCatalog formats)
    {
        var name = SpecParser.Text(item, "name")!;
        var format = SpecParser.Text(item, "format") is { } written ? formats.Find(written) : formats.OfName(name);
        foreach (var key in DatasetKeys.All.Except(format.Keys))
            if (item.TryGetProperty(key, out _)) throw SpecParser.Refused(source, $"{path}.{key}", format.Refusal(key, name));
        if (!format.HasFiles && item.TryGetProperty(DatasetKeys.FewShots, out _))
            throw SpecParser.Refused(source, $"{path}.{DatasetKeys.FewShots}", format.Refusal(DatasetKeys.FewShots, name));
        if (format.NeedsPath && SpecParser.Text(item, DatasetKeys.Path) is null)
            throw SpecParser.Refused(source, path, $"'path' is missing; write the {format.Name} file's path relative to the data root");
        return new DatasetSource
        {
            Name = name,
            Format = format.Name,
            Path = format.IsKnownByName ? null : SpecParser.Text(item, DatasetKeys.Path) ?? name,
            Template = SpecParser.Text(item, "template"),
            Images = SpecParser.Text(item, DatasetKeys.Images),
            FewShots = SpecParser.Text(item, DatasetKeys.FewShots),
            Classes = SpecParser.Text(item, DatasetKeys.Classes),
            Names = item.TryGetProperty(DatasetKeys.Names, out var names)
                ? new(names.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!), StringComparer.Ordinal)
                : null,
        };
    }
}
