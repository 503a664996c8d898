using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>Formats the report on a fetched data set.</summary>
internal static class FetchLines
{
    private const int NameWidth = 15;

    /// <summary>Returns the lines of a report, without the lines of its check.</summary>
    public static IEnumerable<string> Of(FetchReport report)
    {
        var (name, indent) = (report.Name.PadRight(NameWidth), new string(' ', NameWidth + 1));
        var size = report.Bytes is { } bytes ? SizeText.Of(bytes) : "unknown size";
        switch (report.State)
        {
            case FetchState.Present:
                yield return $"{name} already exists in {report.Place} and is unchanged; use --force to fetch it again";
                break;
            case FetchState.Fetched:
                var kept = report.KeptBytes > 0 ? $", of which {SizeText.Of(report.KeptBytes)} had already been downloaded" : "";
                yield return $"{name} fetched: {size} from {report.Url}{kept}, "
                    + $"{CountText.Of(report.Files ?? 0, "file")} ({SizeText.Of(report.UnpackedBytes ?? 0)}) in {report.Place}";
                yield return $"{indent}{Hash(report)}";
                break;
            default:
                yield return $"{name} would be fetched: {size} from {report.Url}";
                yield return $"{indent}{Hash(report)}";
                yield return $"{indent}into {report.Place}; {Space(report)}";
                if (report.KeptBytes > 0)
                    yield return $"{indent}{SizeText.Of(report.KeptBytes)} have already been downloaded, so the download would resume";
                break;
        }
        if (report.Licence is { } licence && report.State != FetchState.Present)
            yield return $"{indent}licence: {PrintableText.OneLine(licence)}";
        foreach (var note in report.Notes) yield return $"{indent}note: {note}";
    }

    private static string Hash(FetchReport report) => report.Sha256From switch
    {
        HashOrigin.Catalogue => $"SHA-256 {report.Sha256}, from the catalogue",
        HashOrigin.Option => $"SHA-256 {report.Sha256}, from --sha256",
        HashOrigin.Mirror => $"SHA-256 {report.Sha256}, from the mirror itself and not confirmed by the catalogue",
        _ when report.Sha256 is { } hash => $"SHA-256 {hash}, not verified: neither the catalogue nor the mirror provides one",
        _ => "SHA-256 not in the catalogue; the mirror's value is used if it provides one",
    };

    private static string Space(FetchReport report)
    {
        var free = $"{SizeText.Of(report.FreeBytes)} free";
        if (report.Bytes is not { } bytes) return free;
        var needed = Math.Max(0, bytes - report.KeptBytes) + bytes;
        return $"{free}, about {SizeText.Of(needed)} needed{(needed > report.FreeBytes ? ": NOT ENOUGH" : "")}";
    }
}
