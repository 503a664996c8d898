using AdaptCluster.Training.Numerics;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Reference;

/// <summary>
/// The losses of the methods beside Adapt as their papers write them, over all tokens of every text: nothing is cut, shared or kept. The
/// trained tensors come by the names that their files have.
/// </summary>
/// <param name="clip">The plain towers.</param>
/// <param name="ids">Whole texts, [K, context length], from <see cref="PlainClip.Pad"/>.</param>
/// <param name="pixels">[B, 3, image size, image size].</param>
/// <param name="labels">[B], int64.</param>
internal sealed class PlainMethods(PlainClip clip, torch.Tensor ids, torch.Tensor pixels, torch.Tensor labels)
{
    /// <summary>A context behind the start of every text.</summary>
    internal torch.Tensor CoOp(IReadOnlyDictionary<string, torch.Tensor> trained) =>
        cross_entropy(Logits(Images, Texts(trained["ctx"])), labels);

    /// <summary>A context for each image.</summary>
    internal torch.Tensor CoCoOp(IReadOnlyDictionary<string, torch.Tensor> trained)
    {
        var images = Images;
        var logits = Enumerable.Range(0, (int)images.shape[0]).Select(i =>
        {
            var image = images.narrow(0, i, 1);
            var hidden = relu(linear(normalize(image, dim: -1), trained["meta_net.linear1.weight"], trained["meta_net.linear1.bias"]));
            var shift = linear(hidden, trained["meta_net.linear2.weight"], trained["meta_net.linear2.bias"]);
            return Logits(image, Texts(trained["ctx"].Plus(shift)));
        });
        return cross_entropy(torch.cat([.. logits], 0), labels);
    }

    /// <summary>Tokens behind the patches, new ones in each of the first blocks.</summary>
    internal torch.Tensor Vpt(IReadOnlyDictionary<string, torch.Tensor> trained) =>
        cross_entropy(Logits(PromptedImages(trained["prompts"].unbind(0)), clip.EncodeTexts(ids)), labels);

    /// <summary>Several contexts and the optimal transport between what they give and the patches.</summary>
    /// <param name="trained">The contexts.</param>
    /// <param name="regularisation">ε.</param>
    /// <param name="iterations">How often Sinkhorn's iteration runs.</param>
    /// <param name="addPooled">Whether the logits of the pooled features are added.</param>
    internal torch.Tensor Plot(IReadOnlyDictionary<string, torch.Tensor> trained, double regularisation, int iterations, bool addPooled)
    {
        var all = clip.EncodeImageTokens(pixels);
        var texts = trained["ctx"].unbind(0).Select(context => Texts(context)).ToArray();
        var logits = torch.stack([.. Enumerable.Range(0, (int)ids.shape[0]).Select(label =>
        {
            var prompts = torch.stack([.. texts.Select(text => text[label])]);
            return torch.stack([.. Enumerable.Range(0, (int)all.shape[0]).Select(image =>
            {
                var cosines = normalize(all[image].narrow(0, 1, all.shape[1] - 1), dim: -1).matmul(normalize(prompts, dim: -1).t());
                return (Transport(cosines.detach(), regularisation, iterations) * cosines).sum() * clip.Scale;
            })]);
        })], 1);
        if (addPooled) logits = logits.Plus(Logits(all.select(1, 0), torch.stack(texts).mean([0])));
        return cross_entropy(logits, labels);
    }

    /// <summary>Text tokens in the first blocks and image tokens made of them.</summary>
    internal torch.Tensor Maple(IReadOnlyDictionary<string, torch.Tensor> trained)
    {
        torch.Tensor Project(string layer, torch.Tensor tokens) => linear(tokens, trained[layer + ".weight"], trained[layer + ".bias"]);
        var deeper = Enumerable.Range(0, (trained.Count / 3) - 1).Select(j => trained[$"compound_prompts_text.{j}"]).ToArray();
        torch.Tensor[] images = [Project("proj", trained["ctx"]),
            .. deeper.Select((tokens, j) => Project($"compound_prompt_projections.{j}", tokens))];
        return cross_entropy(Logits(PromptedImages(images), Texts(trained["ctx"], deeper)), labels);
    }

    /// <summary>CoOp's loss, and the distance to the teacher's logits whose gradient guides it.</summary>
    internal (torch.Tensor Loss, torch.Tensor Guide) ProGrad(
        IReadOnlyDictionary<string, torch.Tensor> trained, torch.Tensor teacher, double temperature)
    {
        var logits = Logits(Images, Texts(trained["ctx"]));
        return (cross_entropy(logits, labels), Distance(Logits(Images, clip.EncodeTexts(teacher)), logits, temperature));
    }

    /// <summary>CoOp's loss and the distance to the teacher's text features.</summary>
    internal torch.Tensor KgCoOp(IReadOnlyDictionary<string, torch.Tensor> trained, torch.Tensor teacher, double weight)
    {
        var texts = Texts(trained["ctx"]);
        var cosine = (normalize(texts, dim: -1) * normalize(clip.EncodeTexts(teacher), dim: -1)).sum(1).mean();
        return cross_entropy(Logits(Images, texts), labels).Plus(Scalars.OneMinus(cosine).Times(weight));
    }

    /// <summary>Tokens of the names, held near the original ones.</summary>
    internal torch.Tensor Lamm(
        IReadOnlyDictionary<string, torch.Tensor> trained, torch.Tensor original, int position,
        (double Parameter, double Feature, double Logit, double Temperature) weights, bool trainedIsTarget)
    {
        var names = trained["name_tokens"];
        var x = clip.EmbedTexts(ids);
        var own = names.Plus(clip.TextPositions.narrow(0, position, names.shape[1]));
        var texts = clip.EncodeEmbeddedTexts(Put(x, position, own), ids);
        var originals = clip.EncodeTexts(ids);
        var (logits, originalLogits) = (Logits(Images, texts), Logits(Images, originals));
        var change = names.Plus(original.neg());
        var loss = cross_entropy(logits, labels).Plus((change * change).sum().Times(weights.Parameter));
        if (labels.data<long>().ToArray().Distinct().Count() > 1)
        {
            var cosines = (normalize(texts, dim: -1) * normalize(originals, dim: -1)).sum(1).index_select(0, labels);
            loss = loss.Plus(Scalars.OneMinus(cosines.mean()).Times(weights.Feature));
        }
        var (target, prediction) = trainedIsTarget ? (logits, originalLogits) : (originalLogits, logits);
        return loss.Plus(Distance(target, prediction, weights.Temperature).Times(weights.Logit));
    }

    private torch.Tensor Images => clip.EncodeImages(pixels);

    private torch.Tensor Logits(torch.Tensor images, torch.Tensor texts) => clip.Logits(images, texts);

    /// <summary>Texts with a context behind the start, and others in its places in front of later blocks.</summary>
    private torch.Tensor Texts(torch.Tensor context, torch.Tensor[]? deeper = null)
    {
        var positions = clip.TextPositions.narrow(0, 1, context.shape[0]);
        var x = Put(clip.EmbedTexts(ids), 1, context.Plus(positions).expand(ids.shape[0], -1, -1));
        return clip.EncodeEmbeddedTexts(x, ids, (block, rows) =>
            block <= deeper?.Length ? Put(rows, 1, deeper[block - 1].expand(ids.shape[0], -1, -1)) : rows);
    }

    private torch.Tensor PromptedImages(torch.Tensor[] tokens) => clip.EncodeImageTokens(pixels, tokens[0], (block, rows) =>
        block < tokens.Length ? Put(rows, (int)(rows.shape[1] - tokens[0].shape[0]), tokens[block].expand(rows.shape[0], -1, -1))
            : rows).select(1, 0);

    private static torch.Tensor Put(torch.Tensor rows, int first, torch.Tensor tokens)
    {
        var next = first + tokens.shape[1];
        return torch.cat([rows.narrow(1, 0, first), tokens, rows.narrow(1, next, rows.shape[1] - next)], 1);
    }

    private static torch.Tensor Distance(torch.Tensor target, torch.Tensor prediction, double temperature) =>
        (softmax(target.Over(temperature), 1) * log_softmax(prediction.Over(temperature), 1)).sum(1).mean()
            .Times(-temperature * temperature);

    private static torch.Tensor Transport(torch.Tensor cosines, double regularisation, int iterations)
    {
        var kernel = Scalars.OneMinus(cosines).Over(-regularisation).exp();
        var (r, c) = (torch.ones_like(cosines.select(1, 0)), torch.ones_like(cosines.select(0, 0)));
        for (var i = 0; i < iterations; i++)
        {
            r = kernel.mv(c).reciprocal().Over(cosines.shape[0]);
            c = kernel.t().mv(r).reciprocal().Over(cosines.shape[1]);
        }
        return torch.outer(r, c) * kernel;
    }
}
