using System.Text.RegularExpressions;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Datasets;

/// <summary>All data set formats that specs and jobs can use. Immutable.</summary>
public sealed partial class FormatCatalog
{
    private readonly Dictionary<string, DatasetFormat> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DatasetFormat> _byDataset = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private readonly DatasetFormat _unknown;

    /// <summary>Initializes a catalog.</summary>
    /// <param name="formats">The formats; exactly one of them accepts unknown names.</param>
    /// <exception cref="InvalidInputException">Two formats have the same name or the same known data set, a name is invalid, or no format
    /// or more than one format accepts unknown names.</exception>
    public FormatCatalog(IEnumerable<DatasetFormat> formats)
    {
        All = [.. formats.OrderBy(format => format.Order).ThenBy(format => format.Name, StringComparer.Ordinal)];
        foreach (var format in All)
        {
            var from = $"data set format '{format.Name}' ({format.GetType().FullName} in {format.GetType().Assembly.GetName().Name})";
            if (!Form().IsMatch(format.Name))
                throw new InvalidInputException($"{from}: a name may contain only lower-case letters, digits and hyphens.");
            if (!_byName.TryAdd(format.Name, format))
                throw new InvalidInputException(
                    $"{from}: {_byName[format.Name].GetType().FullName} already has this name; give the format another name.");
            foreach (var dataset in format.KnownNames)
                if (!_byDataset.TryAdd(dataset, format))
                    throw new InvalidInputException(
                        $"{from}: the data set '{dataset}' already belongs to format '{_byDataset[dataset].Name}'; rename it.");
        }
        foreach (var (alias, dataset) in All.SelectMany(format => format.Aliases)) _aliases.TryAdd(Plain(alias), dataset);
        // Names that differ only in hyphens and the like are ambiguous, so neither is an alias of the other.
        foreach (var names in _byDataset.Keys.GroupBy(Plain).Where(names => names.Count() == 1)) _aliases[names.Key] = names.Single();
        string[] takers = [.. All.Where(format => format.TakesUnknownNames).Select(format => format.Name)];
        _unknown = takers is [var only] ? _byName[only]
            : throw new InvalidInputException(
                "data set formats: exactly one must accept unknown names; found: "
                    + $"{string.Join(", ", takers.DefaultIfEmpty("none"))}.");
    }

    /// <summary>All formats, in display order.</summary>
    public IReadOnlyList<DatasetFormat> All { get; }

    /// <summary>The names of all data sets that are known by name, in the order of their formats.</summary>
    public IEnumerable<string> KnownNames => All.SelectMany(format => format.KnownNames);

    /// <summary>The known names of data sets that are stored in files and can be used for training.</summary>
    public IEnumerable<string> KnownFiles =>
        All.Where(format => format is { HasFiles: true, IsTestOnly: false }).SelectMany(format => format.KnownNames);

    /// <summary>The known names of data sets that are not stored in files.</summary>
    public IEnumerable<string> KnownDrawn => All.Where(format => !format.HasFiles).SelectMany(format => format.KnownNames);

    /// <summary>Returns the format with the given name.</summary>
    /// <exception cref="InvalidInputException">No format has that name.</exception>
    public DatasetFormat Find(string name) => _byName.GetValueOrDefault(name)
        ?? throw new InvalidInputException(
            $"There is no data set format '{name}'; use one of {string.Join(", ", All.Select(format => format.Name))}.");

    /// <summary>
    /// Returns the known name of a data set. Other spellings are recognised, such as CoOp's <c>oxford_pets</c>, <c>OxfordPets</c> and
    /// <c>DescribableTextures</c>.
    /// </summary>
    /// <param name="dataset">The name in a spec or on a command line.</param>
    /// <returns>The known name; the input itself if it is already a known name or is not recognised.</returns>
    public string KnownAs(string dataset) =>
        _byDataset.ContainsKey(dataset) ? dataset : _aliases.GetValueOrDefault(Plain(dataset), dataset);

    /// <summary>Returns the format of a data set that a spec gives by name only.</summary>
    public DatasetFormat OfName(string dataset) => _byDataset.GetValueOrDefault(dataset, _unknown);

    /// <summary>Returns the format of a data set.</summary>
    /// <exception cref="InvalidInputException">The format does not exist, or its data sets are known by name and this is not one of
    /// them.</exception>
    public DatasetFormat Of(DatasetSource source)
    {
        var format = Find(source.Format);
        if (!format.IsKnownByName || format.KnownNames.Contains(source.Name)) return format;
        var own = All.First(other => !other.IsKnownByName);
        var known = EditDistance.Nearest(source.Name, KnownNames, least: 2) is { } nearest ? $"did you mean '{nearest}'?"
            : $"known: {string.Join(", ", KnownNames)}.";
        throw new InvalidInputException($"data set '{source.Name}' is unknown; {known} For "
            + $"your own data set, write {{\"name\": \"{source.Name}\", \"format\": \"{own.Name}\", \"path\": \"...\"}}.");
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,39}\z")]
    private static partial Regex Form();
}
