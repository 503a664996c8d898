using AdaptCluster.Contracts;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// Texts in which the caller provides the embeddings of some tokens, at the same positions in every text. These tokens are either a context
/// that all texts share, or separate tokens for each text. They receive position embeddings like any other token. Not thread-safe.
/// </summary>
public sealed class ContextTexts : IDisposable
{
    /// <summary>The maximum number of cached arrangements. A full batch and the smaller last batch each need one arrangement.</summary>
    private const int MaxArranged = 2;

    private readonly IBackbone _model;
    private readonly TextSequences _sequences;
    private readonly torch.Tensor _rows, _positions;
    private readonly long[] _replaced;
    private readonly List<Arrangement> _arranged = [];

    /// <summary>Initializes the object, laying out the texts and embedding all tokens that the caller does not provide.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">The token ids of each text, including start and end; ids at the caller's positions are ignored.</param>
    /// <param name="first">The first position that the caller provides.</param>
    /// <param name="length">The number of positions that the caller provides.</param>
    /// <param name="ownTokens">Whether each text has its own tokens at these positions.</param>
    /// <exception cref="InvalidInputException">A text is longer than the context, or an id is not in the vocabulary.</exception>
    public ContextTexts(IBackbone model, IReadOnlyList<int[]> texts, int first, int length, bool ownTokens = false)
    {
        (_model, OwnTokens, Length, Count) = (model, ownTokens, length, texts.Count);
        var longest = texts.Count == 0 ? 0 : texts.Max(text => text.Length);
        if (longest > model.Shape.ContextLength)
        {
            throw new InvalidInputException(
                $"The longest text has {longest} tokens including start and end, {length} of them trained, but the model accepts at most "
                + $"{model.Shape.ContextLength}. Lower contextLength, or shorten the class name or the template.");
        }
        model.Check([.. texts.Select(text => Array.ConvertAll(text, id => (long)id))]);
        // Negative ids mark the caller's tokens. If each text has its own tokens, all these ids differ, so none is shared.
        var marked = texts.Select((text, k) => text.Select((id, i) =>
            i < first || i >= first + length ? (long)id : -1 - (((ownTokens ? k : 0) * length) + i - first)).ToArray()).ToList();
        Layout = string.Join(';', marked.Select(text => string.Join(',', text)));
        using var scope = torch.NewDisposeScope();
        (_sequences, var ids, var positions) = TextSequences.Lay(marked, model.TextRows, model.Device);
        _replaced = [.. Enumerable.Range(0, ids.Length).Where(row => ids[row] < 0).OrderByDescending(row => ids[row])];
        var known = torch.tensor(Array.ConvertAll(ids, id => Math.Max(id, 0)), device: model.Device);
        var embeddings = model.TextPositions;
        _rows = model.EmbedTokens(known)
            .Plus(embeddings.index_select(0, torch.tensor(positions, device: model.Device))).DetachFromDisposeScope();
        _positions = embeddings.narrow(0, first, length).clone().DetachFromDisposeScope();
    }

    /// <summary>The number of texts.</summary>
    public int Count { get; }

    /// <summary>The number of positions that the caller provides.</summary>
    public int Length { get; }

    /// <summary>The token ids with the caller's positions marked; texts with equal layouts differ only in the caller's tokens.</summary>
    public string Layout { get; }

    /// <summary>Whether each text has its own tokens at the caller's positions.</summary>
    private bool OwnTokens { get; }

    /// <summary>The number of tokens that the caller provides for one variant.</summary>
    public int Tokens => OwnTokens ? Count * Length : Length;

    /// <summary>Encodes the texts into features.</summary>
    /// <param name="tokens">The caller's tokens: either one context per variant, used for all texts, [variants, length, width], or separate
    /// tokens for each text, [variants · texts, length, width].</param>
    /// <param name="deeper">The tokens that replace the caller's rows before the second block, the third block and so on, each shaped like
    /// <paramref name="tokens"/>; null to keep all rows.</param>
    /// <returns>The features, [variants, texts, embedding size], not normalised.</returns>
    public torch.Tensor Encode(torch.Tensor tokens, IReadOnlyList<torch.Tensor>? deeper = null)
    {
        using var scope = torch.NewDisposeScope();
        var (variants, width) = ((int)tokens.shape[0] / (OwnTokens ? Count : 1), tokens.shape[2]);
        var (_, rows, replaced) = Arranged(variants);
        rows = rows.index_copy(0, replaced, tokens.Plus(_positions).reshape(-1, width));
        torch.Tensor Replace(int block, torch.Tensor x) =>
            block <= deeper!.Count ? x.index_copy(0, replaced, deeper[block - 1].reshape(-1, width)) : x;
        var none = new TowerPrompts(new IReadOnlyList<torch.Tensor?>?[variants]);
        var features = _model.Text.Forward(rows, _sequences, none, deeper is null ? null : Replace);
        return _sequences.InOrder(features, variants).view(variants, Count, -1).MoveToOuterDisposeScope();
    }

    /// <summary>Encodes the texts of several lanes into features.</summary>
    /// <param name="lanes">The tokens of each lane, for one variant.</param>
    /// <returns>The features of each lane, [texts, embedding size], not normalised.</returns>
    public torch.Tensor[] EncodeLanes(IReadOnlyList<torch.Tensor> lanes)
    {
        using var scope = torch.NewDisposeScope();
        var features = Encode(lanes.Count == 1 ? lanes[0] : torch.cat([.. lanes], 0)).unbind(0);
        foreach (var lane in features) lane.MoveToOuterDisposeScope();
        return features;
    }

    /// <summary>Estimates the size of the autograd graph that <see cref="Encode"/> builds, in bytes.</summary>
    /// <param name="variants">The number of contexts.</param>
    public long StepBytes(int variants) => variants * _model.Cost.TextStepBytes(_sequences, []);

    /// <summary>Returns the embeddings of tokens, without position embeddings.</summary>
    /// <returns>The embeddings, [tokens, width].</returns>
    public static torch.Tensor Embed(IBackbone model, IReadOnlyList<int> ids)
    {
        using var scope = torch.NewDisposeScope();
        var known = torch.tensor(ids.Select(id => (long)id).ToArray(), device: model.Device);
        return model.EmbedTokens(known).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var arrangement in _arranged) arrangement.Dispose();
        _sequences.Dispose();
        _rows.Dispose();
        _positions.Dispose();
    }

    /// <summary>
    /// Returns the rows of several variants, with one lane of the tower per variant, and the indices of the caller's rows, one variant
    /// after another.
    /// </summary>
    private Arrangement Arranged(int variants)
    {
        if (_arranged.Find(known => known.Variants == variants) is { } arranged) return arranged;
        if (_arranged.Count == MaxArranged)
        {
            _arranged[0].Dispose();
            _arranged.RemoveAt(0);
        }
        using var scope = torch.NewDisposeScope();
        var shared = _sequences.Shared;
        var own = _rows.shape[0] - shared;
        var rows = _sequences.Repeat(_rows, variants);
        var replaced = Enumerable.Range(0, variants)
            .SelectMany(v => _replaced.Select(row => row < shared ? (v * shared) + row : (variants * shared) + (v * own) + row - shared))
                .ToArray();
        _arranged.Add(new Arrangement(variants, rows.DetachFromDisposeScope(),
            torch.tensor(replaced, device: _model.Device).DetachFromDisposeScope()));
        return _arranged[^1];
    }

    private sealed record Arrangement(int Variants, torch.Tensor Rows, torch.Tensor Replaced) : IDisposable
    {
        public void Dispose()
        {
            Rows.Dispose();
            Replaced.Dispose();
        }
    }
}
