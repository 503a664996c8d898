using System.Text.Json;
using System.Text.RegularExpressions;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>
/// The mirrors and archives known to <c>sweep datasets fetch</c>. One catalogue is built into the program (catalogue.json, which names
/// its sources); a file in the same format replaces it.
/// </summary>
internal sealed partial record FetchCatalogue
{
    /// <summary>The maximum size of a catalogue file in bytes.</summary>
    private const long MostBytes = 4 << 20;

    private static readonly JsonSerializerOptions Form = new(AdaptClusterJson.Compact)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>The properties whose values must be unique among the data sets.</summary>
    private static readonly (string Key, Func<FetchSet, string> Of)[] Unique =
        [("name", set => set.Name), ("file", set => set.File), ("folder", set => set.Folder)];

    /// <summary>A note for readers of the file on where the catalogue's data comes from.</summary>
    public string? Source { get; init; }

    /// <summary>The mirrors; the first one is the default.</summary>
    public IReadOnlyList<FetchMirror> Mirrors { get; init; } = [];

    /// <summary>The data sets.</summary>
    public required IReadOnlyList<FetchSet> Sets { get; init; }

    /// <summary>The built-in catalogue.</summary>
    public static FetchCatalogue Embedded { get; } = ReadEmbedded();

    /// <summary>Reads a catalogue from a file.</summary>
    /// <exception cref="InvalidInputException">
    /// The file is missing or is not a catalogue; the message names the file and the value.
    /// </exception>
    public static async Task<FetchCatalogue> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MostBytes } info)
                throw new InvalidInputException($"{file}: has {info.Length:N0} bytes; the limit for a catalogue is {MostBytes:N0} bytes.");
            return Parse(await File.ReadAllBytesAsync(file, cancellation), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{file}: cannot be read ({e.Message.TrimEnd('.')}); write the path of a catalogue file.", e);
        }
    }

    /// <summary>Finds the archive of a data set.</summary>
    /// <param name="name">The data set as named on the command line.</param>
    /// <param name="knownAs">
    /// A function that returns the canonical name for another spelling; a catalogue's own names take precedence.
    /// </param>
    /// <exception cref="InvalidInputException">The catalogue contains no data set with this name.</exception>
    public FetchSet Find(string name, Func<string, string> knownAs) => Sets.FirstOrDefault(set => set.Name == name)
        ?? Sets.FirstOrDefault(set => set.Name == knownAs(name))
        ?? throw new InvalidInputException($"NAME: found '{name}'; write one of {string.Join(", ", Sets.Select(set => set.Name))}, or all."
            + (knownAs(name) == "imagenet"
                ? " ImageNet is only available to people who accept its terms (image-net.org), so no mirror has it." : ""));

    private static FetchCatalogue ReadEmbedded()
    {
        const string name = "AdaptCluster.Local.Fetching.catalogue.json";
        using var stream = typeof(FetchCatalogue).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Parse(bytes.ToArray(), name);
    }

    private static FetchCatalogue Parse(byte[] json, string file)
    {
        try
        {
            var catalogue = JsonSerializer.Deserialize<FetchCatalogue>(json, Form)
                ?? throw new InvalidInputException($"{file}: found null; write an object with \"sets\".");
            foreach (var (index, mirror) in catalogue.Mirrors.Index()) Check(mirror, $"{file}: $.mirrors[{index}]");
            foreach (var (index, set) in catalogue.Sets.Index()) Check(set, $"{file}: $.sets[{index}]");
            // Data sets with the same folder or archive file would overwrite each other.
            foreach (var (key, of) in Unique)
            {
                var groups = catalogue.Sets.GroupBy(of, StringComparer.OrdinalIgnoreCase);
                if (groups.FirstOrDefault(group => group.Count() > 1) is { } twice)
                    throw new InvalidInputException($"{file}: $.sets: the {key} '{twice.Key}' occurs twice; remove or rename one.");
            }
            return catalogue;
        }
        catch (JsonException e)
        {
            throw new InvalidInputException($"{file}: {e.Path ?? "$"}: not a valid catalogue ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private static void Check(FetchMirror? mirror, string place)
    {
        if (mirror is null) throw Null(place);
        FetchSource.Address(mirror.Endpoint, $"{place}.endpoint");
        if (!mirror.Path.EndsWith("{file}", StringComparison.Ordinal))
            throw new InvalidInputException($"{place}.path: found '{mirror.Path}'; write a path that ends with {{file}}.");
        if (mirror.Revision is { } revision && !Commit().IsMatch(revision))
            throw new InvalidInputException($"{place}.revision: found '{revision}'; write a commit, 40 hexadecimal digits.");
    }

    private static void Check(FetchSet? set, string place)
    {
        if (set is null) throw Null(place);
        if (!PlainName().IsMatch(set.Name))
            throw new InvalidInputException($"{place}.name: found '{set.Name}'; write letters, digits, '.', '_' and '-'.");
        if (!PlainName().IsMatch(set.File) || !set.File.EndsWith(".zip", StringComparison.Ordinal))
            throw new InvalidInputException($"{place}.file: found '{set.File}'; write the name of a zip archive, without folders.");
        if (!PlainName().IsMatch(set.Folder))
            throw new InvalidInputException($"{place}.folder: found '{set.Folder}'; write a single folder name.");
        if (set.Sha256 is { } pinned) CheckHash(pinned, $"{place}.sha256");
        foreach (var (file, hash) in set.Contents) CheckHash(hash, $"{place}.contents['{file}']");
        if (set.Bytes is <= 0 || set.MostBytes <= 0 || set.MostUnpackedBytes <= 0 || set.MostFiles <= 0 || set.MostRatio < 1)
            throw new InvalidInputException($"{place}: bytes, mostBytes, mostUnpackedBytes, mostFiles and mostRatio must be above 0.");
    }

    private static void CheckHash(string? hash, string place)
    {
        if (hash is null) throw Null(place);
        if (!IsSha256(hash)) throw new InvalidInputException($"{place}: found '{hash}'; write 64 hexadecimal digits.");
    }

    private static InvalidInputException Null(string place) => new($"{place}: found null; write a value, or leave it out.");

    /// <summary>Whether a string is a SHA-256: 64 hexadecimal digits.</summary>
    public static bool IsSha256(string text) => Hash().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex PlainName();

    [GeneratedRegex(@"^[0-9a-fA-F]{64}\z")]
    private static partial Regex Hash();

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    private static partial Regex Commit();
}

/// <summary>A named mirror.</summary>
internal sealed record FetchMirror
{
    /// <summary>The name for <c>--from</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The scheme and host.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The URL path of a file, with the placeholders <c>{revision}</c> and <c>{file}</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The commit to fetch files from.</summary>
    public string? Revision { get; init; }

    /// <summary>The licence, as a phrase, if it is known.</summary>
    public string? Licence { get; init; }
}

/// <summary>The archive of one data set.</summary>
internal sealed record FetchSet
{
    /// <summary>The data set, as named in specs.</summary>
    public required string Name { get; init; }

    /// <summary>The archive's file name.</summary>
    public required string File { get; init; }

    /// <summary>The folder that the archive contains, which becomes the data set's folder under a data root.</summary>
    public required string Folder { get; init; }

    /// <summary>The archive's size in bytes; null if unknown.</summary>
    public long? Bytes { get; init; }

    /// <summary>The archive's SHA-256; null if unknown.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The SHA-256 of files in the folder, keyed by relative path.</summary>
    public IReadOnlyDictionary<string, string> Contents { get; init; } = new Dictionary<string, string>();

    /// <summary>The maximum size of the archive in bytes. Default: 64 GiB.</summary>
    public long MostBytes { get; init; } = 64L << 30;

    /// <summary>The maximum unpacked size in bytes. Default: 96 GiB.</summary>
    public long MostUnpackedBytes { get; init; } = 96L << 30;

    /// <summary>The maximum number of entries, including folders. Default: a million.</summary>
    public int MostFiles { get; init; } = 1_000_000;

    /// <summary>
    /// The maximum ratio of the unpacked size to the archive's size. It is small because photos are already compressed. Default: 20.
    /// </summary>
    public double MostRatio { get; init; } = 20;

    /// <summary>The data set's licence, as a phrase, if it is known; null to use the mirror's licence.</summary>
    public string? Licence { get; init; }
}
