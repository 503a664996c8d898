using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Local.Fetching;

/// <summary>The options for a fetch, shared by all of its data sets.</summary>
internal sealed record FetchOrder
{
    /// <summary>The source of the archives.</summary>
    public required FetchSource Source { get; init; }

    /// <summary>The data root to write into, as a full path.</summary>
    public required string Root { get; init; }

    /// <summary>The SHA-256 from the command line, in lower case; null if none was given.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether to accept an archive without a known hash.</summary>
    public bool MayBeUnverified { get; init; }

    /// <summary>Whether to replace an existing folder.</summary>
    public bool Replaces { get; init; }

    /// <summary>Whether to keep the archive in the hidden folder.</summary>
    public bool KeepsArchive { get; init; }

    /// <summary>A function that returns the number of free bytes on a folder's file system.</summary>
    public Func<string, long> FreeBytes { get; init; } = static folder => new DriveInfo(folder).AvailableFreeSpace;
}

/// <summary>Fetches a data set: downloads its archive from a mirror, unpacks it into its folder, and checks the result.</summary>
/// <param name="client">The client that connects to the mirror.</param>
/// <param name="transfer">The retry and timeout options.</param>
/// <param name="progress">The object that receives the progress.</param>
/// <param name="check">A function that checks a data set in its final folder.</param>
internal sealed class DatasetFetch(
    MirrorClient client, TransferOptions transfer, IFetchProgress progress,
    Func<FetchSet, CancellationToken, Task<DatasetReport>> check)
{
    /// <summary>Returns a report of what a fetch would do.</summary>
    /// <param name="order">The options for the fetch.</param>
    /// <param name="set">The data set.</param>
    /// <param name="asks">Whether to ask the mirror for the size and hash; otherwise no host is contacted.</param>
    /// <param name="cancellation">A token that cancels the request.</param>
    /// <exception cref="AdaptClusterException">The mirror does not respond, or a given hash differs from the catalogue's.</exception>
    public async Task<FetchReport> PlanAsync(FetchOrder order, FetchSet set, bool asks, CancellationToken cancellation)
    {
        var report = Begin(order, set);
        if (IsLeft(order, set)) return report with { State = FetchState.Present };
        if (!asks) return report;
        try
        {
            using var answer = await client.AskAsync(HttpMethod.Head, order.Source.Of(set), _ => { }, cancellation);
            var length = answer.Response.Content.Headers.ContentLength;
            return report with
            {
                Bytes = report.Bytes ?? answer.Metadata.Bytes ?? length,
                Sha256 = report.Sha256 ?? answer.Metadata.Sha256,
                Sha256From = report.Sha256 is null && answer.Metadata.Sha256 is not null ? HashOrigin.Mirror : report.Sha256From,
                Notes = [.. Differences(report, answer.Metadata, length)],
            };
        }
        catch (TransferException fault)
        {
            throw new AdaptClusterException(
                $"{order.Source.Of(set)}: {fault.Message}; run the command again later, or without --ask.", fault);
        }
    }

    /// <summary>Fetches a data set if it does not exist yet, and checks it.</summary>
    /// <param name="order">The options for the fetch.</param>
    /// <param name="set">The data set.</param>
    /// <param name="cancellation">A token that cancels the fetch; the received bytes are kept.</param>
    /// <exception cref="AdaptClusterException">The fetch failed. The data set's folder is never left incomplete.</exception>
    public async Task<FetchReport> RunAsync(FetchOrder order, FetchSet set, CancellationToken cancellation)
    {
        var report = Begin(order, set);
        if (IsLeft(order, set)) return report with { State = FetchState.Present, Check = await CheckAsync(set, cancellation) };
        using (var place = new FetchPlace(order.Root, set))
        {
            // Another process may have fetched it in the meantime, or FetchPlace has restored a folder that a killed process had set aside.
            if (IsLeft(order, set))
            {
                report = report with { State = FetchState.Present };
            }
            else
            {
                report = await DownloadAsync(order, set, place, report, cancellation);
                report = await UnpackAsync(order, set, place, report, cancellation);
                if (!order.KeepsArchive) place.RemoveArchive();
            }
            report = report with { Notes = [.. report.Notes, .. place.Notes] };
        }
        return report with { Check = await CheckAsync(set, cancellation) };
    }

    /// <summary>Whether a data set exists and must not be replaced.</summary>
    private static bool IsLeft(FetchOrder order, FetchSet set) => FetchPlace.IsTaken(order.Root, set) && !order.Replaces;

    private async Task<DatasetReport> CheckAsync(FetchSet set, CancellationToken cancellation)
    {
        progress.Begin($"{set.Name}: checking");
        try
        {
            return await check(set, cancellation);
        }
        finally
        {
            progress.End();
        }
    }

    private static FetchReport Begin(FetchOrder order, FetchSet set)
    {
        var pinned = set.Sha256?.ToLowerInvariant();
        if (order.Sha256 is { } hand && pinned is not null && hand != pinned)
        {
            throw new InvalidInputException($"--sha256 {hand}: according to the catalogue, {set.File} has the SHA-256 {pinned}; leave out "
                + "--sha256, or describe another archive with --catalogue.");
        }
        var part = Path.Combine(order.Root, FetchPlace.HiddenName, $"{set.File}.part");
        return new FetchReport
        {
            Name = set.Name,
            State = FetchState.Planned,
            Url = order.Source.Of(set).AbsoluteUri,
            Place = Path.Combine(order.Root, set.Folder),
            Bytes = set.Bytes,
            Sha256 = pinned ?? order.Sha256,
            Sha256From = pinned is not null ? HashOrigin.Catalogue : order.Sha256 is not null ? HashOrigin.Option : HashOrigin.Unknown,
            KeptBytes = File.Exists(part) ? new FileInfo(part).Length : 0,
            FreeBytes = order.FreeBytes(order.Root),
            Licence = set.Licence ?? order.Source.Licence,
        };
    }

    private static IEnumerable<string> Differences(FetchReport report, MirrorMetadata said, long? length)
    {
        if (report.Bytes is { } bytes && (said.Bytes ?? length) is { } has && has != bytes)
            yield return $"the mirror has a file of {has:N0} bytes, not {bytes:N0}; it would be refused";
        if (report.Sha256 is { } wanted && said.Sha256 is { } hash && hash != wanted)
            yield return $"the mirror has a file with the SHA-256 {hash}, not {wanted}; it would be refused";
    }

    private async Task<FetchReport> DownloadAsync(
        FetchOrder order, FetchSet set, FetchPlace place, FetchReport report, CancellationToken cancellation)
    {
        if (await FindAsync(order, set, place, report, cancellation) is { } found) return found;
        PartFile.Remove(place.Archive);
        var request = new DownloadRequest
        {
            Address = order.Source.Of(set),
            Bytes = set.Bytes,
            Sha256 = report.Sha256,
            Revision = order.Source.Revision,
            MostBytes = set.MostBytes,
            MayBeUnverified = order.MayBeUnverified,
            // Photos are already compressed, so the unpacked size is about that of the archive.
            CheckSpace = (total, kept) => CheckSpace(order, set, Math.Max(0, total - kept), total),
        };
        progress.Begin($"{set.Name}: fetching");
        try
        {
            var file = await new Download(client, transfer, progress).RunAsync(request, new PartFile(place.Archive), cancellation);
            return report with
            {
                State = FetchState.Fetched,
                Bytes = file.Bytes,
                Sha256 = file.Sha256,
                Sha256From = file.IsMirrorsWord ? HashOrigin.Mirror : report.Sha256From,
                KeptBytes = file.ResumedFrom,
            };
        }
        finally
        {
            progress.End();
        }
    }

    /// <summary>
    /// Finds an archive left by a process that failed or was killed while unpacking; returns null if the archive must be fetched.
    /// </summary>
    /// <exception cref="InvalidInputException">The archive was accepted without verification, which is not allowed this time.</exception>
    private static async Task<FetchReport?> FindAsync(
        FetchOrder order, FetchSet set, FetchPlace place, FetchReport report, CancellationToken cancellation)
    {
        if (!File.Exists(place.Archive)) return null;
        var length = new FileInfo(place.Archive).Length;
        var known = PartFile.Known(place.Archive) is { } about && about.Url == report.Url ? about : null;
        // A hash that one mirror stated for its file does not apply to another mirror's file.
        var expected = report.Sha256 ?? known?.Sha256;
        if (expected is null || (set.Bytes is { } bytes && bytes != length)
            || await PartFile.HashAsync(place.Archive, cancellation) != expected) return null;
        var isMirrorsWord = report.Sha256 is null && known?.MirrorSha256 == expected;
        if (report.Sha256 is null && !isMirrorsWord && !order.MayBeUnverified)
        {
            throw new InvalidInputException($"{place.Archive}: is complete, but neither the catalogue nor the mirror provides its "
                + "SHA-256; pass the hash with --sha256, or accept the file with --unverified.");
        }
        return report with
        {
            State = FetchState.Fetched,
            Bytes = length,
            Sha256 = expected,
            Sha256From = isMirrorsWord ? HashOrigin.Mirror : report.Sha256From,
            KeptBytes = length,
        };
    }

    private async Task<FetchReport> UnpackAsync(
        FetchOrder order, FetchSet set, FetchPlace place, FetchReport report, CancellationToken cancellation)
    {
        progress.Begin($"{set.Name}: unpacking");
        try
        {
            var files = await new Unpacking(set, progress).RunAsync(
                place.Archive, place.Unpacked, bytes => CheckSpace(order, set, 0, bytes), cancellation);
            place.MoveIn(set.Folder, order.Replaces);
            return report with { Files = files.Files.Count, UnpackedBytes = files.Bytes, Notes = [.. report.Notes, .. files.LeftOut] };
        }
        catch (ArchiveException refusal)
        {
            throw Refused(order, place, report.Sha256From, refusal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AdaptClusterException($"{place.Target}: cannot be created ({e.Message.TrimEnd('.')}); the archive is kept. Run the "
                + "same command again to resume.", e);
        }
        finally
        {
            place.RemoveUnpacked();
            progress.End();
        }
    }

    private static AdaptClusterException Refused(FetchOrder order, FetchPlace place, HashOrigin origin, ArchiveException refusal)
    {
        // A refused archive that is kept loses its record: otherwise the same command would use it again without asking the mirror.
        if (order.KeepsArchive) place.ForgetArchive();
        else place.RemoveArchive();
        var rest = File.Exists(place.Archive) ? $"the archive stays in {place.Archive}" : "the archive is deleted";
        var next = origin == HashOrigin.Catalogue ? "describe another archive with --catalogue" : "choose another mirror with --from";
        return new AdaptClusterException($"{refusal.Message}; {rest}; {next}.", refusal);
    }

    private static void CheckSpace(FetchOrder order, FetchSet set, long archive, long unpacked)
    {
        var free = order.FreeBytes(order.Root);
        if (unpacked <= free - archive) return;
        var needed = archive > 0 ? $"{SizeText.Of(archive)} for the archive and about {SizeText.Of(unpacked)} unpacked"
            : $"{SizeText.Of(unpacked)} unpacked";
        throw new AdaptClusterException($"{set.Name}: needs {needed}, but {order.Root} has {SizeText.Of(free)} free; free some space, or "
            + "choose another data root with --to.");
    }
}
