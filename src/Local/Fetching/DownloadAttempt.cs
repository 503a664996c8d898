using System.Net;
using System.Net.Http.Headers;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;

namespace AdaptCluster.Local.Fetching;

/// <summary>Sends one request for a file or its remainder, and handles the response.</summary>
internal sealed class DownloadAttempt(
    MirrorClient client, TimeSpan silence, IFetchProgress progress, DownloadRequest request, PartFile part)
{
    /// <summary>Sends the request, and appends the response's bytes to the part file.</summary>
    /// <exception cref="TransferException">The response was incomplete.</exception>
    /// <exception cref="AdaptClusterException">
    /// The mirror has a different file or refuses the request, or there is not enough space.
    /// </exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var from = part.Length;
        using var answer = await client.AskAsync(HttpMethod.Get, request.Address, headers => Ask(headers, from), cancellation);
        if (answer.IsEncoded)
            throw new AdaptClusterException(
                $"{request.Address}: the file arrives compressed ({string.Join(", ", answer.Response.Content.Headers.ContentEncoding)}), "
                + "although it was requested uncompressed; a proxy may cause this, so choose another mirror with --from.");
        CheckMetadata(answer.Metadata);
        var total = answer.Response.StatusCode == HttpStatusCode.OK ? Whole(answer) : Rest(answer, from);
        await AppendAsync(answer, total, cancellation);
        if (total is { } bytes && part.Length < bytes)
            throw new TransferException($"the response ended after {SizeText.Of(part.Length)} of {SizeText.Of(bytes)}");
        if (part.Length == 0) throw new TransferException("the response is empty");
        // The mirror never stated the size: the file ends with the response, and is checked by its hash.
        if (total is null) Finish(part.Length);
    }

    private void Ask(HttpRequestHeaders headers, long from)
    {
        if (from == 0) return;
        headers.Range = new RangeHeaderValue(from, null);
        // Without a validator, the mirror may send the remainder of another file. Then the hash differs, and the whole file is fetched
        // again.
        if (part.State?.Tag is { } tag) headers.IfRange = new RangeConditionHeaderValue(tag);
    }

    /// <summary>Compares the mirror's metadata with the expected values.</summary>
    private void CheckMetadata(MirrorMetadata said)
    {
        if (request.Revision is { } revision && said.Revision is { } commit && commit != revision)
            throw Refused($"the mirror responds with commit {PrintableText.OneLine(commit)}, not {revision}");
        if (request.Sha256 is { } wanted && said.Sha256 is { } has && has != wanted)
            throw Refused($"the mirror has a file with the SHA-256 {has}, not {wanted}");
        if (request.Bytes is { } bytes && said.Bytes is { } size && size != bytes)
            throw Refused($"the mirror has a file of {size:N0} bytes, not {bytes:N0}");
        if (request.Sha256 is null && said.Sha256 is null && part.State?.MirrorSha256 is null && !request.MayBeUnverified)
            throw new InvalidInputException($"{request.Address}: neither the catalogue nor the mirror provides its SHA-256; pass the "
                + "hash with --sha256, or accept the file with --unverified.");
        if (said.Sha256 is { } now && part.State?.MirrorSha256 is { } then && now != then)
            throw new TransferException("the mirror's file has changed") { MustRestart = true };
    }

    /// <summary>Starts over with a response that contains the whole file.</summary>
    /// <returns>The file's size; null if unknown.</returns>
    private long? Whole(MirrorResponse answer)
    {
        var length = answer.Response.Content.Headers.ContentLength;
        var wanted = request.Bytes ?? answer.Metadata.Bytes;
        if (length is { } sent && wanted is { } bytes && sent != bytes)
            throw Refused($"the mirror sends {sent:N0} bytes, but the file has {bytes:N0}");
        var total = wanted ?? length;
        if ((total ?? 0) > request.MostBytes) throw TooLong(total!.Value);
        request.CheckSpace(total ?? 0, 0);
        part.Begin(new PartState
        {
            Url = request.Address.AbsoluteUri,
            Tag = answer.Tag,
            Bytes = total,
            // A hash that the mirror stated once remains binding, even if it states none the next time.
            MirrorSha256 = answer.Metadata.Sha256 ?? part.State?.MirrorSha256,
        });
        return total;
    }

    /// <summary>Checks a response that should contain the remainder of the file.</summary>
    /// <returns>The size of the whole file; null if unknown.</returns>
    private long? Rest(MirrorResponse answer, long from)
    {
        var (state, range) = (part.State, answer.Response.Content.Headers.ContentRange);
        if (state is null || from == 0 || answer.Response.StatusCode != HttpStatusCode.PartialContent)
            throw Restart($"the mirror responds with {(int)answer.Response.StatusCode} to a request for the rest");
        if (range is not { Unit: "bytes", From: { } first, To: { } last } || first != from)
            throw Restart($"the mirror does not send the range from byte {from:N0} to the end");
        if (answer.Response.Content.Headers.ContentLength is { } length && length != last - first + 1)
            throw Restart("the mirror sends a range whose length differs from its header");
        if (range.Length is { } total && state.Bytes is { } bytes && total != bytes)
            throw Restart($"the mirror's file now has {total:N0} bytes, not {bytes:N0}");
        if (answer.Tag is { } tag && state.Tag is { } before && tag != before) throw Restart("the mirror's file has changed");
        if ((state.Bytes ?? range.Length ?? last + 1) > request.MostBytes) throw TooLong(state.Bytes ?? range.Length ?? last + 1);
        request.CheckSpace(state.Bytes ?? range.Length ?? 0, from);
        return state.Bytes ?? range.Length;
    }

    private async Task AppendAsync(MirrorResponse answer, long? total, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var most = total ?? request.MostBytes;
        var buffer = new byte[128 << 10];
        await using var file = Open();
        var length = file.Length;
        progress.Report(length, total);
        try
        {
            await using var body = await answer.Response.Content.ReadAsStreamAsync(cancellation);
            while (true)
            {
                limit.CancelAfter(silence);
                var read = await body.ReadAsync(buffer, limit.Token);
                // A slow disk does not count as silence from the mirror.
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
                if (read == 0) return;
                if (length + read > most && total is null)
                {
                    part.Clear();
                    throw TooLong(length + read);
                }
                if (length + read > most) throw Restart($"the mirror sends more than the {most:N0} bytes that the file has");
                await WriteAsync(file, buffer.AsMemory(0, read), cancellation);
                var before = length;
                length += read;
                if (total is null && length / request.SpaceStep > before / request.SpaceStep) request.CheckSpace(length, length);
                progress.Report(length, total);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new TransferException($"the connection was lost ({MirrorClient.Words(e)})", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TransferException($"no data for {silence.TotalSeconds:0.#} s", e);
        }
    }

    private FileStream Open()
    {
        try
        {
            return part.Append();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    private async Task WriteAsync(FileStream file, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await file.WriteAsync(bytes, cancellation);
        }
        // A full disk is not a connection failure.
        catch (IOException e)
        {
            throw Unwritable(e);
        }
    }

    private void Finish(long bytes) => part.Update(part.State! with { Bytes = bytes });

    private AdaptClusterException Unwritable(Exception e) => new(
        $"{part.Path}: cannot be written ({e.Message.TrimEnd('.')}); the data received so far is kept. Run the same command again "
            + "to resume.", e);

    private AdaptClusterException Refused(string what) =>
        new($"{request.Address}: {what}; the file is refused. Choose another mirror with --from.");

    private AdaptClusterException TooLong(long bytes) =>
        Refused($"the file has at least {bytes:N0} bytes; the limit for this archive is {request.MostBytes:N0}");

    private static TransferException Restart(string what) => new(what) { MustRestart = true };
}
