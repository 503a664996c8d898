using TorchSharp;

namespace AdaptCluster.Training.Onnx;

/// <summary>
/// The operators that exported graphs use, as documented for version <see cref="OnnxFile.OperatorSet"/> of ONNX's operator set
/// (https://onnx.ai/onnx/operators/). Each method adds nodes and returns the name of the result.
/// </summary>
public static class OnnxOperators
{
    /// <summary>Computes a + b with broadcasting.</summary>
    public static string Plus(this OnnxGraph graph, string a, string b) => graph.Add("Add", [a, b]);

    /// <summary>Computes a · b elementwise, with broadcasting.</summary>
    public static string Times(this OnnxGraph graph, string a, string b) => graph.Add("Mul", [a, b]);

    /// <summary>Computes the matrix product over the last two dimensions.</summary>
    public static string MatrixProduct(this OnnxGraph graph, string a, string b) => graph.Add("MatMul", [a, b]);

    /// <summary>Computes xWᵀ + b.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The input, [.., in].</param>
    /// <param name="name">The prefix of the constants' names.</param>
    /// <param name="weight">The matrix W, [out, in].</param>
    /// <param name="bias">The bias b, [out]; null for none.</param>
    public static string Linear(this OnnxGraph graph, string x, string name, torch.Tensor weight, torch.Tensor? bias)
    {
        var product = graph.MatrixProduct(x, graph.Constant(name + ".weight", weight.t()));
        return bias is null ? product : graph.Plus(product, graph.Constant(name + ".bias", bias));
    }

    /// <summary>Applies a layer norm over the last dimension.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The input, [.., n].</param>
    /// <param name="name">The prefix of the constants' names.</param>
    /// <param name="weight">The weight, [n].</param>
    /// <param name="bias">The bias, [n].</param>
    /// <param name="epsilon">The constant added to the variance.</param>
    public static string LayerNorm(
        this OnnxGraph graph, string x, string name, torch.Tensor weight, torch.Tensor bias, double epsilon) =>
        graph.Add("LayerNormalization", [x, graph.Constant(name + ".weight", weight), graph.Constant(name + ".bias", bias)],
            OnnxAttribute.Of("axis", -1L), OnnxAttribute.Of("epsilon", (float)epsilon));

    /// <summary>Reshapes a value. A size of 0 keeps a dimension's size, and -1 infers it.</summary>
    public static string Reshape(this OnnxGraph graph, string x, params long[] shape) => graph.Add("Reshape", [x, graph.Integers(shape)]);

    /// <summary>Permutes the dimensions of a value.</summary>
    public static string Transpose(this OnnxGraph graph, string x, params long[] order) =>
        graph.Add("Transpose", [x], OnnxAttribute.Of("perm", order));

    /// <summary>Concatenates values along an axis.</summary>
    public static string Concat(this OnnxGraph graph, long axis, params string[] values) =>
        graph.Add("Concat", values, OnnxAttribute.Of("axis", axis));

    /// <summary>Returns the first entries along an axis.</summary>
    public static string First(this OnnxGraph graph, string x, long axis, long count) =>
        graph.Add("Slice", [x, graph.Integers(0), graph.Integers(count), graph.Integers(axis)]);

    /// <summary>Broadcasts the dimensions of size 1 to a shape.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The value.</param>
    /// <param name="shape">The value that contains the shape, with 1 for dimensions in which <paramref name="x"/> keeps its size.</param>
    public static string Expand(this OnnxGraph graph, string x, string shape) => graph.Add("Expand", [x, shape]);

    /// <summary>Normalises rows to length 1; rows of zeros stay zero.</summary>
    public static string UnitRows(this OnnxGraph graph, string x)
    {
        var length = graph.Add("ReduceL2", [x], OnnxAttribute.Of("axes", [-1L]), OnnxAttribute.Of("keepdims", 1L));
        // The lower bound is the same as in PyTorch's normalize.
        return graph.Add("Div", [x, graph.Add("Max", [length, graph.Constant("smallest_length", torch.tensor(1e-12f))])]);
    }
}
