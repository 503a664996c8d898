using System.IO.Compression;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>The files of an archive to unpack, chosen after checking all entries and before unpacking any.</summary>
/// <param name="Files">The entries with their paths relative to the data root.</param>
/// <param name="Bytes">The total size of the entries in bytes, as stated by the archive.</param>
/// <param name="LeftOut">Notes on entries that are not unpacked, each a sentence without a full stop.</param>
internal sealed record ArchiveFiles(IReadOnlyList<(ZipArchiveEntry Entry, string Path)> Files, long Bytes, string[] LeftOut)
{
    /// <summary>Folders that operating systems add to archives.</summary>
    private static readonly string[] Foreign = ["__MACOSX"];

    /// <summary>The extensions of Python pickles, which can run arbitrary code when loaded. This program never loads them.</summary>
    private static readonly string[] Pickles = [".pkl", ".pickle"];

    private const int FileTypes = 0xF000, Regular = 0x8000, Folder = 0x4000;

    /// <summary>Checks all entries.</summary>
    /// <param name="zip">The archive.</param>
    /// <param name="archive">The archive's path, for error messages.</param>
    /// <param name="archiveBytes">The archive's size in bytes.</param>
    /// <param name="set">The expected contents and limits.</param>
    /// <exception cref="ArchiveException">An entry must not be unpacked, or the entries exceed a limit.</exception>
    public static ArchiveFiles Of(ZipArchive zip, string archive, long archiveBytes, FetchSet set)
    {
        if (zip.Entries.Count > set.MostFiles) throw TooMany(archive, set);
        var (names, files, bytes, pickles) = (new ArchiveNames(archive), new List<(ZipArchiveEntry, string)>(), 0L, new List<string>());
        var leftOut = new List<string>();
        foreach (var entry in zip.Entries)
        {
            var steps = names.Take(entry.FullName);
            CheckKind(entry, archive);
            if (Foreign.Contains(steps[0]))
            {
                if (leftOut.Count == 0) leftOut.Add($"{steps[0]}, which an operating system added to the archive, is skipped");
                continue;
            }
            if (steps[0] != set.Folder || (steps.Length == 1 && !entry.FullName.EndsWith('/')))
            {
                throw Refused(
                    archive, $"'{PrintableText.OneLine(entry.FullName)}' is outside the archive's folder '{set.Folder}'");
            }
            if (entry.FullName.EndsWith('/')) continue;
            if (Pickles.Contains(Path.GetExtension(steps[^1]).ToLowerInvariant()))
            {
                pickles.Add(entry.FullName);
                continue;
            }
            // Compared with the remainder: sizes are untrusted, and their sum might overflow.
            if (entry.Length > set.MostUnpackedBytes - bytes)
                throw Refused(archive, $"it would unpack to more than {SizeText.Of(set.MostUnpackedBytes)}, the limit for this archive");
            bytes += entry.Length;
            files.Add((entry, Path.Combine(steps)));
        }
        if (pickles.Count > 0)
        {
            leftOut.Add($"{CountText.Of(pickles.Count, "pickle is", "pickles are")} skipped, such as "
                + $"{PrintableText.OneLine(pickles[0])}, because reading a pickle can run arbitrary code");
        }
        CheckRatio(bytes, archive, archiveBytes, set);
        return files.Count > 0 ? new ArchiveFiles(files, bytes, [.. leftOut]) : throw Refused(archive, "it contains no files");
    }

    /// <summary>Returns the exception for an archive with too many entries.</summary>
    public static ArchiveException TooMany(string archive, FetchSet set) =>
        Refused(archive, $"it has more than {CountText.Of(set.MostFiles, "entry", "entries")}, the limit for this archive");

    private static void CheckKind(ZipArchiveEntry entry, string archive)
    {
        var kind = (entry.ExternalAttributes >> 16) & FileTypes;
        var what = kind == 0xA000 ? "a link" : kind is not (0 or Regular or Folder) ? "neither a file nor a folder"
            : entry.IsEncrypted ? "encrypted" : entry.Length < 0 || entry.CompressedLength < 0 ? "without a valid size" : null;
        if (what is not null) throw Refused(archive, $"'{PrintableText.OneLine(entry.FullName)}' is {what}");
    }

    private static void CheckRatio(long bytes, string archive, long archiveBytes, FetchSet set)
    {
        if (bytes > archiveBytes * set.MostRatio)
        {
            throw Refused(archive, $"its {SizeText.Of(archiveBytes)} would unpack to {SizeText.Of(bytes)}, more than "
                + $"{set.MostRatio:0.#} times as much, which is implausible for photos");
        }
    }

    private static ArchiveException Refused(string archive, string why) => new($"{archive}: refused, nothing was unpacked: {why}");
}
