using AdaptCluster.Contracts;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Backbones;

/// <summary>
/// Texts in which the embeddings of some tokens are the caller's, at the same positions of every text: a context that all texts share, or
/// tokens that each text has for itself. They get the positions' embeddings as any token does. For one thread.
/// </summary>
public sealed class ContextTexts : IDisposable
{
    /// <summary>Numbers of variants whose rows are kept: a batch's and that of what is left at the end.</summary>
    private const int MaxArranged = 2;

    private readonly IBackbone _model;
    private readonly TextSequences _sequences;
    private readonly torch.Tensor _rows, _positions;
    private readonly long[] _replaced;
    private readonly List<Arrangement> _arranged = [];

    /// <summary>Lays the texts out and embeds what is not the caller's.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="texts">Token ids of each text, start and end included; those at the caller's positions are ignored.</param>
    /// <param name="first">The first position that is the caller's.</param>
    /// <param name="length">How many are.</param>
    /// <param name="ownTokens">Whether each text has tokens of its own there.</param>
    /// <exception cref="InvalidInputException">A text is longer than the context, or an id is not in the vocabulary.</exception>
    public ContextTexts(IBackbone model, IReadOnlyList<int[]> texts, int first, int length, bool ownTokens = false)
    {
        (_model, OwnTokens, Length, Count) = (model, ownTokens, length, texts.Count);
        var longest = texts.Count == 0 ? 0 : texts.Max(text => text.Length);
        if (longest > model.Shape.ContextLength)
        {
            throw new InvalidInputException(
                $"The longest text has {longest} tokens with start and end, {length} of them trained; the model takes "
                + $"{model.Shape.ContextLength}. Shorten contextLength, class name or template.");
        }
        model.Check([.. texts.Select(text => Array.ConvertAll(text, id => (long)id))]);
        // Numbers below 0 in place of the caller's tokens: where texts have their own, no two are equal, so that none is shared.
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

    /// <summary>Texts.</summary>
    public int Count { get; }

    /// <summary>Positions that are the caller's.</summary>
    public int Length { get; }

    /// <summary>The texts, with the caller's places in them: where it is the same, so is all but the caller's tokens.</summary>
    public string Layout { get; }

    /// <summary>Whether each text has tokens of its own there.</summary>
    private bool OwnTokens { get; }

    /// <summary>The caller's tokens of one variant.</summary>
    public int Tokens => OwnTokens ? Count * Length : Length;

    /// <summary>Text features.</summary>
    /// <param name="tokens">Contexts, [variants, length, width], with each of which all texts are encoded; or the texts' own tokens,
    /// [variants · texts, length, width].</param>
    /// <param name="deeper">Tokens, each shaped as <paramref name="tokens"/>, that take the places of what comes out there in front of the
    /// second block, the third and so on.</param>
    /// <returns>[variants, texts, embedding size], not normalised.</returns>
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

    /// <summary>Text features of several lanes.</summary>
    /// <param name="lanes">Tokens of each lane, as one variant.</param>
    /// <returns>[texts, embedding size] of each lane, not normalised.</returns>
    public torch.Tensor[] EncodeLanes(IReadOnlyList<torch.Tensor> lanes)
    {
        using var scope = torch.NewDisposeScope();
        var features = Encode(lanes.Count == 1 ? lanes[0] : torch.cat([.. lanes], 0)).unbind(0);
        foreach (var lane in features) lane.MoveToOuterDisposeScope();
        return features;
    }

    /// <summary>About how many bytes the graph of <see cref="Encode"/> takes.</summary>
    /// <param name="variants">Contexts.</param>
    public long StepBytes(int variants) => variants * _model.Cost.TextStepBytes(_sequences, []);

    /// <summary>The embeddings of tokens, without their positions'.</summary>
    /// <returns>[tokens, width].</returns>
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
    /// The rows of several variants, each as a lane of the tower, and which of them are the caller's, variant after variant.
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
