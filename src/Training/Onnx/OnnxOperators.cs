using TorchSharp;

namespace AdaptCluster.Training.Onnx;

/// <summary>
/// The operators that graphs here are made of, as version <see cref="OnnxFile.OperatorSet"/> of ONNX describes them
/// (https://onnx.ai/onnx/operators/). Each adds its nodes and gives the name of what they make.
/// </summary>
public static class OnnxOperators
{
    /// <summary>a + b, sizes of 1 stretched.</summary>
    public static string Plus(this OnnxGraph graph, string a, string b) => graph.Add("Add", [a, b]);

    /// <summary>a · b by entries, sizes of 1 stretched.</summary>
    public static string Times(this OnnxGraph graph, string a, string b) => graph.Add("Mul", [a, b]);

    /// <summary>The product of matrices in the last two dimensions.</summary>
    public static string MatrixProduct(this OnnxGraph graph, string a, string b) => graph.Add("MatMul", [a, b]);

    /// <summary>xWᵀ + b.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">[.., in].</param>
    /// <param name="name">The start of the constants' names.</param>
    /// <param name="weight">W, [out, in].</param>
    /// <param name="bias">b, [out]; null for none.</param>
    public static string Linear(this OnnxGraph graph, string x, string name, torch.Tensor weight, torch.Tensor? bias)
    {
        var product = graph.MatrixProduct(x, graph.Constant(name + ".weight", weight.t()));
        return bias is null ? product : graph.Plus(product, graph.Constant(name + ".bias", bias));
    }

    /// <summary>A layer norm over the last dimension.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">[.., n].</param>
    /// <param name="name">The start of the constants' names.</param>
    /// <param name="weight">[n].</param>
    /// <param name="bias">[n].</param>
    /// <param name="epsilon">What is added to the variance.</param>
    public static string LayerNorm(
        this OnnxGraph graph, string x, string name, torch.Tensor weight, torch.Tensor bias, double epsilon) =>
        graph.Add("LayerNormalization", [x, graph.Constant(name + ".weight", weight), graph.Constant(name + ".bias", bias)],
            OnnxAttribute.Of("axis", -1L), OnnxAttribute.Of("epsilon", (float)epsilon));

    /// <summary>The same entries with other sizes; 0 keeps the size at its place, -1 stands for what is left.</summary>
    public static string Reshape(this OnnxGraph graph, string x, params long[] shape) => graph.Add("Reshape", [x, graph.Integers(shape)]);

    /// <summary>Dimensions in another order.</summary>
    public static string Transpose(this OnnxGraph graph, string x, params long[] order) =>
        graph.Add("Transpose", [x], OnnxAttribute.Of("perm", order));

    /// <summary>Values one behind the other.</summary>
    public static string Concat(this OnnxGraph graph, long axis, params string[] values) =>
        graph.Add("Concat", values, OnnxAttribute.Of("axis", axis));

    /// <summary>The first entries of a dimension.</summary>
    public static string First(this OnnxGraph graph, string x, long axis, long count) =>
        graph.Add("Slice", [x, graph.Integers(0), graph.Integers(count), graph.Integers(axis)]);

    /// <summary>Stretches sizes of 1.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The value.</param>
    /// <param name="shape">A value that holds the shape; 1 where that of <paramref name="x"/> stays.</param>
    public static string Expand(this OnnxGraph graph, string x, string shape) => graph.Add("Expand", [x, shape]);

    /// <summary>Rows of length 1; a row of zeros stays one.</summary>
    public static string UnitRows(this OnnxGraph graph, string x)
    {
        var length = graph.Add("ReduceL2", [x], OnnxAttribute.Of("axes", [-1L]), OnnxAttribute.Of("keepdims", 1L));
        // As PyTorch's normalize does.
        return graph.Add("Div", [x, graph.Add("Max", [length, graph.Constant("smallest_length", torch.tensor(1e-12f))])]);
    }
}
