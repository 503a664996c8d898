using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>A file to download, with its expected size and hash.</summary>
internal sealed record DownloadRequest
{
    /// <summary>The file's URL.</summary>
    public required Uri Address { get; init; }

    /// <summary>The expected size in bytes; null if unknown.</summary>
    public long? Bytes { get; init; }

    /// <summary>The expected SHA-256 from the catalogue or the command line; null if only the mirror can provide it.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The commit that the mirror's responses must be from; null for any.</summary>
    public string? Revision { get; init; }

    /// <summary>The maximum size in bytes.</summary>
    public required long MostBytes { get; init; }

    /// <summary>Whether to accept a file without a known hash.</summary>
    public bool MayBeUnverified { get; init; }

    /// <summary>
    /// A callback that throws if there is not enough space for the file. It is called with the file's size and the number of bytes already
    /// downloaded.
    /// </summary>
    public Action<long, long> CheckSpace { get; init; } = static (_, _) => { };

    /// <summary>The number of downloaded bytes between checks of the free space while the file's size is unknown. Default: 1 GiB.</summary>
    public long SpaceStep { get; init; } = 1L << 30;
}

/// <summary>A downloaded and accepted file.</summary>
/// <param name="Bytes">The file's size in bytes.</param>
/// <param name="Sha256">The file's SHA-256.</param>
/// <param name="IsMirrorsWord">Whether the expected hash came only from the mirror.</param>
/// <param name="IsVerified">Whether the file was verified against an expected hash.</param>
/// <param name="ResumedFrom">The number of bytes that an earlier process had downloaded.</param>
internal sealed record DownloadedFile(long Bytes, string Sha256, bool IsMirrorsWord, bool IsVerified, long ResumedFrom);

/// <summary>Downloads a file: resumes an earlier download, retries failures, and accepts only the expected size and hash.</summary>
/// <param name="client">The client that connects to the mirror.</param>
/// <param name="options">The retry and timeout options.</param>
/// <param name="progress">The object that receives the progress.</param>
internal sealed class Download(MirrorClient client, TransferOptions options, IFetchProgress progress)
{
    /// <summary>Downloads into the part file, and renames it when it is complete.</summary>
    /// <param name="request">The file.</param>
    /// <param name="part">The part file.</param>
    /// <param name="cancellation">A token that cancels the download; the received bytes are kept.</param>
    /// <exception cref="AdaptClusterException">
    /// The file cannot be downloaded, or differs from the expected file, in which case it is deleted.
    /// </exception>
    public async Task<DownloadedFile> RunAsync(DownloadRequest request, PartFile part, CancellationToken cancellation)
    {
        if (part.State is { } state && state.Url != request.Address.AbsoluteUri) part.Clear();
        var resumedFrom = part.Length;
        // Parts from several responses may belong to different files; one complete response cannot.
        var isPatched = resumedFrom > 0;
        for (var isFirst = true; ; isFirst = false)
        {
            isPatched |= await ReceiveAsync(request, part, cancellation);
            var (length, hash) = (part.Length, await part.HashAsync(cancellation));
            var expected = request.Sha256?.ToLowerInvariant() ?? part.State?.MirrorSha256;
            if (expected is null ? request.MayBeUnverified : hash == expected)
            {
                part.Complete(hash);
                return new DownloadedFile(length, hash, request.Sha256 is null && expected is not null, expected is not null, resumedFrom);
            }
            part.Clear();
            var difference = $"the received data ({SizeText.Of(length)}) has the SHA-256 {hash}"
                + (expected is null ? ", which no source confirms" : $", not {expected}");
            if (!isPatched || !isFirst)
            {
                throw new AdaptClusterException($"{request.Address}: {difference}; the file was discarded. Run the command again, or "
                    + "choose another mirror with --from.");
            }
            progress.WriteLine($"{difference}; the download consisted of several parts, so it restarts from the beginning");
            (isPatched, resumedFrom) = (false, 0);
        }
    }

    /// <summary>Sends requests until the file is complete.</summary>
    /// <returns>Whether the file's bytes come from several responses.</returns>
    private async Task<bool> ReceiveAsync(DownloadRequest request, PartFile part, CancellationToken cancellation)
    {
        var (isPatched, restarts) = (false, 0);
        for (var failures = 0; part.Length == 0 || part.Length != part.State?.Bytes;)
        {
            var before = part.Length;
            isPatched |= before > 0;
            try
            {
                await new DownloadAttempt(client, options.Silence, progress, request, part).RunAsync(cancellation);
            }
            catch (TransferException fault)
            {
                var came = part.Length - before;
                if (fault.MustRestart) part.Clear();
                // The count of restarts is never reset, since discarded bytes are not progress.
                restarts += fault.MustRestart ? 1 : 0;
                failures = Math.Max(restarts, !fault.MustRestart && came >= options.Progress ? 1 : failures + 1);
                await PauseAsync(request, fault, failures, part.Length, cancellation);
            }
        }
        return isPatched;
    }

    private async Task PauseAsync(DownloadRequest request, TransferException fault, int failures, long kept, CancellationToken cancellation)
    {
        var rest = kept > 0 ? $"the {SizeText.Of(kept)} received are kept; run the same command again to resume"
            : "run the command again later";
        if (failures > options.Retries)
            throw new AdaptClusterException(
                $"{request.Address}: {fault.Message}; gave up after {CountText.Of(failures, "failure")} in a row: {rest}.", fault);
        if (fault.RetryAfter > options.LongestRetryAfter)
            throw new AdaptClusterException(
                $"{request.Address}: {fault.Message} and asked clients to wait {fault.RetryAfter.Value.TotalMinutes:0} minutes; {rest}.",
                fault);
        var pause = options.Pause(failures);
        if (fault.RetryAfter > pause) pause = fault.RetryAfter.Value;
        progress.WriteLine($"{fault.Message}; retrying in {pause.TotalSeconds:0.#} s (failure {failures} of at most {options.Retries})");
        await Task.Delay(pause, cancellation);
    }
}
