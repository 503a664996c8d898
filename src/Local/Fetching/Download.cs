using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>A file to be downloaded, and what it must be.</summary>
internal sealed record DownloadRequest
{
    /// <summary>Its address.</summary>
    public required Uri Address { get; init; }

    /// <summary>Its size; null where it is not known.</summary>
    public long? Bytes { get; init; }

    /// <summary>Its SHA-256 by the catalogue or by hand; null where the mirror must say.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The commit that the mirror's answers must be of; null for any.</summary>
    public string? Revision { get; init; }

    /// <summary>The most bytes that it may have.</summary>
    public required long MostBytes { get; init; }

    /// <summary>Whether a file is taken that nobody gives a hash for.</summary>
    public bool MayBeUnverified { get; init; }

    /// <summary>Refuses a file for which there is no space; called with its size and the bytes that are there already.</summary>
    public Action<long, long> CheckSpace { get; init; } = static (_, _) => { };

    /// <summary>Bytes after which the space is compared again while nobody says how long the file is. Default: 1 GiB.</summary>
    public long SpaceStep { get; init; } = 1L << 30;
}

/// <summary>A file that has been downloaded and is right.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256.</param>
/// <param name="IsMirrorsWord">Whether only the mirror says that this is its hash.</param>
/// <param name="IsVerified">Whether anybody does.</param>
/// <param name="ResumedFrom">The bytes that an earlier process had downloaded.</param>
internal sealed record DownloadedFile(long Bytes, string Sha256, bool IsMirrorsWord, bool IsVerified, long ResumedFrom);

/// <summary>Downloads one file: resumes, repeats what fails, and takes only what has the right size and hash.</summary>
/// <param name="client">Asks the mirror.</param>
/// <param name="options">How often, how long.</param>
/// <param name="progress">Shows how far it is.</param>
internal sealed class Download(MirrorClient client, TransferOptions options, IFetchProgress progress)
{
    /// <summary>Downloads a file into its part, and gives it its name.</summary>
    /// <param name="request">The file.</param>
    /// <param name="part">Where it goes.</param>
    /// <param name="cancellation">Gives up; what came is kept.</param>
    /// <exception cref="AdaptClusterException">
    /// It cannot be had, or is another than it should be. In the second case nothing is kept.
    /// </exception>
    public async Task<DownloadedFile> RunAsync(DownloadRequest request, PartFile part, CancellationToken cancellation)
    {
        if (part.State is { } state && state.Url != request.Address.AbsoluteUri) part.Clear();
        var resumedFrom = part.Length;
        // Bytes of several answers may belong to several files; those of one answer, from the first to the last, cannot.
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
            var difference = $"the {SizeText.Of(length)} that came have the SHA-256 {hash}, not {expected ?? "one that is known"}";
            if (!isPatched || !isFirst)
            {
                throw new AdaptClusterException($"{request.Address}: {difference}; nothing of it is kept. Run the command again, or name "
                    + "another mirror by --from.");
            }
            progress.Say($"{difference}; they came in several parts, so all of them are fetched anew");
            (isPatched, resumedFrom) = (false, 0);
        }
    }

    /// <summary>Receives until the file is whole.</summary>
    /// <returns>Whether its bytes are those of several answers.</returns>
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
            catch (TransferFault fault)
            {
                var came = part.Length - before;
                if (fault.MustRestart) part.Clear();
                // Restarts are counted once and for all: bytes that are thrown away are no progress.
                restarts += fault.MustRestart ? 1 : 0;
                failures = Math.Max(restarts, !fault.MustRestart && came >= options.Progress ? 1 : failures + 1);
                await PauseAsync(request, fault, failures, part.Length, cancellation);
            }
        }
        return isPatched;
    }

    private async Task PauseAsync(DownloadRequest request, TransferFault fault, int failures, long kept, CancellationToken cancellation)
    {
        var rest = kept > 0 ? $"the {SizeText.Of(kept)} that came are kept, and the same command resumes there"
            : "run the command again later";
        if (failures > options.Retries)
            throw new AdaptClusterException(
                $"{request.Address}: {fault.Message}; given up after {CountText.Of(failures, "failure")} in a row: {rest}.", fault);
        if (fault.RetryAfter > options.LongestRetryAfter)
            throw new AdaptClusterException(
                $"{request.Address}: {fault.Message} and asks to wait for {fault.RetryAfter.Value.TotalMinutes:0} minutes: {rest}.", fault);
        var pause = options.Pause(failures);
        if (fault.RetryAfter > pause) pause = fault.RetryAfter.Value;
        progress.Say($"{fault.Message}; retrying in {pause.TotalSeconds:0.#} s (failure {failures} of at most {options.Retries})");
        await Task.Delay(pause, cancellation);
    }
}
