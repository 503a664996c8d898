using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>Formats the report of a fetched data set.</summary>
internal static class FetchLines
{
    private const int NameWidth = 15;

    /// <summary>Returns the lines of a report, without those of its check.</summary>
    public static IEnumerable<string> Of(FetchReport report)
    {
        var (name, indent) = (report.Name.PadRight(NameWidth), new string(' ', NameWidth + 1));
        var size = report.Bytes is { } bytes ? SizeText.Of(bytes) : "size not known";
        switch (report.State)
        {
            case FetchState.Present:
                yield return $"{name} is there already: {report.Place} is left as it is; --force fetches it anew";
                break;
            case FetchState.Fetched:
                var kept = report.KeptBytes > 0 ? $", of which {SizeText.Of(report.KeptBytes)} were there" : "";
                yield return $"{name} fetched: {size} from {report.Url}{kept}, "
                    + $"{CountText.Of(report.Files ?? 0, "file")} ({SizeText.Of(report.UnpackedBytes ?? 0)}) in {report.Place}";
                yield return $"{indent}{Hash(report)}";
                break;
            default:
                yield return $"{name} would be fetched: {size} from {report.Url}";
                yield return $"{indent}{Hash(report)}";
                yield return $"{indent}into {report.Place}; {Space(report)}";
                if (report.KeptBytes > 0) yield return $"{indent}{SizeText.Of(report.KeptBytes)} of it are there, and it would be resumed";
                break;
        }
        if (report.Licence is { } licence && report.State != FetchState.Present)
            yield return $"{indent}licence: {PrintableText.OneLine(licence)}";
        foreach (var note in report.Notes) yield return $"{indent}note: {note}";
    }

    private static string Hash(FetchReport report) => report.Sha256From switch
    {
        HashOrigin.Catalogue => $"SHA-256 {report.Sha256}, as the catalogue has it",
        HashOrigin.Option => $"SHA-256 {report.Sha256}, as given by --sha256",
        HashOrigin.Mirror => $"SHA-256 {report.Sha256}: the mirror's own word, nobody else has confirmed it",
        _ when report.Sha256 is { } hash => $"SHA-256 {hash}, not verified: nobody gives one",
        _ => "SHA-256 not known here: the mirror's own word is taken where it gives one",
    };

    private static string Space(FetchReport report)
    {
        var free = $"{SizeText.Of(report.FreeBytes)} are free";
        if (report.Bytes is not { } bytes) return free;
        var needed = Math.Max(0, bytes - report.KeptBytes) + bytes;
        return $"{free}, about {SizeText.Of(needed)} are needed{(needed > report.FreeBytes ? ": NOT ENOUGH" : "")}";
    }
}
