using TorchSharp;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// Runs the batches of several lanes through the frozen image tower, without gradients. A batch that several lanes share is encoded once.
/// </summary>
internal static class FrozenBatches
{
    /// <summary>
    /// The maximum number of token rows in one pass through the tower, which limits the memory for the MLP's hidden layer. A single batch
    /// is never split, even if it is larger.
    /// </summary>
    private const int MaxRows = 32768;

    /// <summary>Encodes each lane's batch.</summary>
    /// <param name="lanes">The lanes' batches.</param>
    /// <param name="encode">A function that maps [B, image tokens, width], for any B, to one result per image.</param>
    /// <param name="kept">A function that returns the cached results for a batch; null if they are not cached.</param>
    /// <param name="together">Whether different batches are encoded together.</param>
    /// <returns>The results for each lane, in order. Lanes that share a batch get the same tensor.</returns>
    internal static torch.Tensor[] Encode(
        IReadOnlyList<LaneBatch> lanes, Func<torch.Tensor, torch.Tensor> encode, Func<LaneBatch, torch.Tensor?> kept, bool together)
    {
        using var noGradients = torch.no_grad();
        var results = new Dictionary<torch.Tensor, torch.Tensor>(ReferenceEqualityComparer.Instance);
        var missing = new List<torch.Tensor>();
        foreach (var lane in lanes)
        {
            if (results.ContainsKey(lane.Embedded) || missing.Exists(batch => ReferenceEquals(batch, lane.Embedded))) continue;
            if (kept(lane) is { } known) results[lane.Embedded] = known;
            else missing.Add(lane.Embedded);
        }
        foreach (var batches in Fitting(missing, together ? MaxRows : 0))
        {
            var encoded = batches.Count == 1 ? [encode(batches[0])]
                : encode(torch.cat(batches, 0)).split([.. batches.Select(batch => batch.shape[0])], 0);
            foreach (var (batch, result) in batches.Zip(encoded)) results[batch] = result;
        }
        return [.. lanes.Select(lane => results[lane.Embedded])];
    }

    private static IEnumerable<List<torch.Tensor>> Fitting(List<torch.Tensor> batches, long rowsAtOnce)
    {
        var (now, left) = (new List<torch.Tensor>(), rowsAtOnce);
        foreach (var batch in batches)
        {
            var rows = batch.shape[0] * batch.shape[1];
            if (now.Count > 0 && rows > left)
            {
                yield return now;
                (now, left) = ([], rowsAtOnce);
            }
            now.Add(batch);
            left -= rows;
        }
        if (now.Count > 0) yield return now;
    }
}
