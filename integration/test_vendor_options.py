"""Options files of the vendors' tools: what each key does, what is refused, what wins.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import hashlib
import json

import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"

# Keys that the vendors' public documents name, by target: none may be unknown.
DOCUMENTED = {
    "tda4": """tensor_bits accuracy_level artifacts_folder deny_list deny_list.layer_type deny_list.layer_name
        allow_list.layer_name max_num_subgraphs debug_level tidl_tools_path platform version model_type tidl_offload
        advanced_options.calibration_frames advanced_options.calibration_iterations
        advanced_options.quantization_scale_type advanced_options.activation_clipping advanced_options.weight_clipping
        advanced_options.bias_calibration advanced_options.bias_clipping advanced_options.channel_wise_quantization
        advanced_options.enable_tfr_optimization advanced_options.output_feature_16bit_names_list
        advanced_options.params_16bit_names_list advanced_options.mixed_precision_factor
        advanced_options.quant_params_proto_path advanced_options.prequantized_model
        advanced_options.add_data_convert_ops advanced_options.inference_mode advanced_options.num_cores
        object_detection.meta_arch_type object_detection.top_k""",
    "horizon": """model_parameters.onnx_model model_parameters.caffe_model model_parameters.march
        model_parameters.output_model_file_prefix model_parameters.working_dir model_parameters.layer_out_dump
        model_parameters.output_nodes model_parameters.remove_node_type model_parameters.remove_node_name
        model_parameters.set_node_data_type model_parameters.debug_mode model_parameters.node_info
        model_parameters.enable_vpu input_parameters.input_name input_parameters.input_type_train
        input_parameters.input_layout_train input_parameters.input_type_rt input_parameters.input_layout_rt
        input_parameters.input_space_and_range input_parameters.input_shape input_parameters.input_batch
        input_parameters.separate_batch input_parameters.separate_name input_parameters.norm_type
        input_parameters.mean_value input_parameters.scale_value input_parameters.std_value
        calibration_parameters.cal_data_dir calibration_parameters.cal_data_type calibration_parameters.preprocess_on
        calibration_parameters.calibration_type calibration_parameters.max_percentile
        calibration_parameters.per_channel calibration_parameters.run_on_cpu calibration_parameters.run_on_bpu
        calibration_parameters.optimization calibration_parameters.quant_config compiler_parameters.compile_mode
        compiler_parameters.balance_factor compiler_parameters.optimize_level compiler_parameters.core_num
        compiler_parameters.debug compiler_parameters.input_source compiler_parameters.max_time_per_fc
        compiler_parameters.jobs compiler_parameters.advice compiler_parameters.cache_mode
        compiler_parameters.cache_path compiler_parameters.max_l2m_size custom_op.custom_op_method
        custom_op.op_register_files custom_op.custom_op_dir""",
    "mtk": """quantize use_per_output_channel_quantization use_symmetric_quantization
        use_weights_symmetric_quantization default_quantization_bitwidth calibration_method
        calibration_percentile_value use_bias_correction use_adaround use_hessian_opt precision_config_file
        import_qparams_config_file export_qparams_config_file prepend_input_quantize_ops extra_quantization_bypass_ops
        arch relax-fp32 l1-size-kb disallow-bridge suppress-input int8-to-uint8 gno num-mdla""",
    "sigmastar": """INPUT_CONFIG.inputs INPUT_CONFIG.training_input_formats INPUT_CONFIG.input_formats
        INPUT_CONFIG.input_layouts INPUT_CONFIG.quantizations INPUT_CONFIG.mean_red INPUT_CONFIG.mean_green
        INPUT_CONFIG.mean_blue INPUT_CONFIG.mean INPUT_CONFIG.std_value INPUT_CONFIG.input_width_alignment
        INPUT_CONFIG.input_height_alignment OUTPUT_CONFIG.outputs OUTPUT_CONFIG.output_layouts
        OUTPUT_CONFIG.output_formats OUTPUT_CONFIG.dequantizations CONV_CONFIG.input_format
        CONV_CONFIG.tensor_arrays""",
}

TIDL = """
tensor_bits: 16
accuracy_level: 1
debug_level: 3
advanced_options:calibration_frames: 6
advanced_options:calibration_iterations: 5
advanced_options:quantization_scale_type: 0
"""

HORIZON = """
model_parameters:
  onnx_model: shapes.onnx
  march: bayes-e
  working_dir: built
  node_info: {conv_2: {ON: CPU}}
input_parameters:
  input_name: image
  input_type_train: bgr
  input_type_rt: bgr
  input_layout_train: NCHW
  norm_type: data_mean_and_scale
  mean_value: 104 117 123
  scale_value: 0.017 0.0175 0.018
calibration_parameters:
  cal_data_dir: ./calib
  calibration_type: max
  max_percentile: 0.9999
  optimization: bias_correction;set_model_output_int8
compiler_parameters:
  optimize_level: O3
"""

INI = """
[INPUT_CONFIG]
inputs = image
training_input_formats = RGB   ; as the network was trained
input_formats = RGB
input_layouts = NCHW
quantizations = TRUE
mean = 127.5:127.5:127.5
std_value = 127.5
[OUTPUT_CONFIG]
outputs = logits
dequantizations = TRUE
[CONV_CONFIG]
input_format = ALL_INT16
"""


def write(path, text):
    path.write_text(text)
    return path


def dry(qc, target, path, *arguments, exit_code=0):
    done = qc("compile", "--target", target, "--vendor-config", path, "--dry-run", "--json", *arguments,
              exit_code=exit_code)
    return {key["key"]: key for key in json.loads(done.stdout)["keys"]}


def options(keys):
    return {option for key in keys.values() for option in key["options"]}


@pytest.mark.parametrize("target", DOCUMENTED)
def test_documented_keys_are_known(qc, target):
    listed = json.loads(qc("targets", target, "--options", "--json").stdout)
    keys = {key["key"]: key for form in listed["vendor_formats"] for key in form["keys"]}
    assert not set(DOCUMENTED[target].split()) - keys.keys()
    for key in keys.values():
        assert key["meaning"] and key["cases"], key
        for case in key["cases"]:
            assert case["options"] or case["words"], f"{key['key']} says nothing about {case['value']}"


def test_options_that_are_set_exist(qc):
    """What the tables map keys to are options of a compile."""
    schema = json.loads(qc("compile", "--schema").stdout)["properties"]
    for target in DOCUMENTED:
        listed = json.loads(qc("targets", target, "--options", "--json").stdout)
        for form in listed["vendor_formats"]:
            for key in form["keys"]:
                for case in key["cases"]:
                    for option in case["options"]:
                        assert option.split("=")[0].lstrip("-") in schema, option


def test_tidl(qc, tmp_path):
    keys = dry(qc, "tda4", write(tmp_path / "tidl.yaml", TIDL))
    assert options(keys) == {"--precision=int16", "--correct=bias", "--samples=6",
                             "--target-option=quantization_scale_type=0"}
    assert keys["debug_level"]["kind"] == "no meaning" and keys["debug_level"]["place"].endswith("tidl.yaml:4")


def test_json_and_nested_options_are_the_same(qc, tmp_path):
    keys = {"tensor_bits": 16, "accuracy_level": 1, "debug_level": 3, "advanced_options": {
        "calibration_frames": 6, "calibration_iterations": 5, "quantization_scale_type": 0}}
    nested = dry(qc, "tda4", write(tmp_path / "tidl.json", json.dumps(keys)))
    flat = dry(qc, "tda4", write(tmp_path / "tidl.yaml", TIDL))
    assert options(nested) == options(flat) and nested.keys() == flat.keys()


def test_names_of_layers(qc, tmp_path):
    path = write(tmp_path / "tidl.yaml", "deny_list:layer_name: 'a, b'\ndeny_list:layer_type: Softmax\n")
    assert options(dry(qc, "tda4", path)) == {"--deny=name:a,name:b", "--deny=Softmax"}
    text = qc("compile", "--target", "tda4", "--vendor-config", path, "--dry-run").stdout
    assert "deny: [name:a, name:b, Softmax]" in text


def test_horizon(qc, tmp_path):
    (tmp_path / "calib").mkdir()
    keys = dry(qc, "horizon", write(tmp_path / "hb.yaml", HORIZON))
    assert "--method=percentile=0.9999" in options(keys) and "--target-option=chip=x5" in options(keys)
    assert {"--raw", "--input-type=bgr", "--deny=name:conv_2", "--correct=bias", "--output=built"} <= options(keys)
    assert keys["calibration_parameters.cal_data_dir"]["options"] == [f"--data={tmp_path / 'calib'}"]
    (spec,) = [option for option in options(keys) if option.startswith("--preprocess=")]
    assert spec.startswith("--preprocess=color=bgr layout=nchw mean=104,117,123 std=58.82")


def test_what_the_camera_gives(qc, tmp_path):
    camera = HORIZON.replace("input_type_rt: bgr", "input_type_rt: nv12\n  input_space_and_range: bt601_video")
    (tmp_path / "calib").mkdir()
    keys = dry(qc, "horizon", write(tmp_path / "hb.yaml", camera))
    assert {"--input-type=nv12", "--yuv=bt601-video", "--raw"} <= options(keys)
    assert "--insert-preprocess" not in options(keys)
    # Of pictures that are no YUV the range says nothing.
    keys = dry(qc, "horizon", write(tmp_path / "hb.yaml", camera.replace("rt: nv12", "rt: rgb\n  input_layout_rt: NCHW")))
    assert {"--input-type=rgb", "--input-layout=nchw"} <= options(keys) and "--yuv=bt601-video" not in options(keys)
    keys = dry(qc, "sigmastar", write(tmp_path / "in.ini", INI.replace("input_formats = RGB\n", "input_formats = YUV_NV12\n")))
    assert "--input-type=nv12" in options(keys)


def test_generations_of_horizon(qc, tmp_path):
    text = HORIZON.replace("bayes-e", "nash-e").replace("  optimize_level: O3", "  max_l2m_size: 0")
    assert "--target-option=chip=nash" in options(dry(qc, "horizon", write(tmp_path / "hb.yaml", text)))
    # A key of the second generation alone.
    done = qc("compile", "--target", "horizon", "--vendor-config",
              write(tmp_path / "old.yaml", text.replace("nash-e", "bayes")), "--dry-run", exit_code=1)
    assert "unknown key 'compiler_parameters.max_l2m_size' of hb_mapper yaml" in done.stderr


def test_quant_config_file(qc, tmp_path):
    config = {"model_config": {"all_node_type": "int16", "activation": {"calibration_type": "max",
                                                                       "max_percentile": 0.9995}},
              "node_config": {"conv_1": {"ON": "CPU"}}}
    write(tmp_path / "quant.json", json.dumps(config))
    path = write(tmp_path / "hb.yaml", "model_parameters: {march: nash-m}\n"
                                       "calibration_parameters: {quant_config: quant.json}\n")
    assert {"--precision=a16w8", "--method=percentile=0.9995", "--deny=name:conv_1"} <= options(dry(qc, "horizon", path))
    config["model_config"]["all_node_type"] = ["int8", "int16"]
    write(tmp_path / "quant.json", json.dumps(config))
    keys = dry(qc, "horizon", path, exit_code=1)
    assert "choose one" in keys["calibration_parameters.quant_config"]["words"]


def test_sigmastar(qc, tmp_path):
    keys = dry(qc, "sigmastar", write(tmp_path / "input_config.ini", INI))
    assert options(keys) == {"--preprocess=color=rgb layout=nchw mean=127.5,127.5,127.5 std=127.5", "--input-type=rgb",
                             "--cut-at=logits", "--precision=conv16"}
    bgr = INI.replace("= RGB", "= BGR").replace("mean = 127.5:127.5:127.5",
                                                "mean_red = 1\nmean_green = 2\nmean_blue = 3")
    assert "--preprocess=color=bgr layout=nchw mean=3,2,1 std=127.5" in options(
        dry(qc, "sigmastar", write(tmp_path / "bgr.ini", bgr)))


def test_mtk(qc, tmp_path):
    attributes = {"quantize": True, "use_symmetric_quantization": True, "default_quantization_bitwidth": 16,
                  "calibration_method": "Percentile", "calibration_percentile_value": 99.9,
                  "use_bias_correction": True, "use_adaround": True, "use_hessian_opt": False,
                  "input_names": ["image"], "input_shapes": "1,3,32,32"}
    keys = dry(qc, "mtk", write(tmp_path / "mtk.json", json.dumps(attributes)))
    assert options(keys) == {"--target-option=symmetric=1", "--precision=a16w8", "--method=percentile=0.999",
                             "--correct=bias", "--correct=rounding", "--input-shape=image=1x3x32x32"}
    flags = dry(qc, "mtk", write(tmp_path / "ncc.txt", "ncc-tflite --arch=mdla5.3 model.tflite -d out.dla \\\n"
                                                       "  --l1-size-kb 256 --relax-fp32"))
    assert options(flags) == {"--target-option=chip=mdla5", "--precision=float", "--relax-fp32", "--l1-size-kb=256"}


def test_the_line_wins(qc, tmp_path):
    path = write(tmp_path / "tidl.yaml", TIDL)
    keys = dry(qc, "tda4", path, "--precision", "int8", "--target-option", "accuracy_level=0")
    assert keys["tensor_bits"]["options"] == []
    assert "--precision on the line wins" in keys["tensor_bits"]["words"]
    text = qc("compile", "--target", "tda4", "--vendor-config", path, "--dry-run", "--precision", "int8",
              "--target-option", "accuracy_level=0").stdout
    assert "precision: int8" in text and "correct: [none]" in text and "method: ema" in text


def test_contradictions_on_the_line(qc, example, tmp_path):
    done = qc("compile", example / "shapes.onnx", "--target", "tda4", "--target-option", "tensor_bits=16",
              "--precision", "int8", "-o", tmp_path / "out", exit_code=1)
    assert "'tensor_bits': says --precision=int16, which is given as int8" in done.stderr


def test_two_keys_of_a_file_contradict(qc, tmp_path):
    path = write(tmp_path / "tidl.yaml", "tensor_bits: 8\ntidl_offload: false\n")
    done = qc("compile", "--target", "tda4", "--vendor-config", path, "--dry-run", exit_code=1)
    assert "'tidl_offload': says --precision=float, and 'tensor_bits' says int8" in done.stderr


@pytest.mark.parametrize("text, message", [
    ("tensor_bit: 8", "tidl.yaml:1: unknown key 'tensor_bit' of TIDL options; did you mean 'tensor_bits'?"),
    ("tensor_bits: 12", "tidl.yaml:1: 'tensor_bits': expected 8, 16, 32, found '12'"),
    ("tensor_bits: [8", "cannot be read as YAML or JSON"),
    ("tensor_bits: 8\ntensor_bits: 16", "tidl.yaml:2: 'tensor_bits' is given in line 1 already"),
    ("- a\n- b", "is none of the target's options files"),
    ("deny_list: [[a]]", "is a list of something else than plain values"),
    ("tensor_bits: 8\n---\ntensor_bits: 8", "holds 2 YAML documents"),
    ("advanced_options: {calibration_frames: many}", "expected a whole number, found 'many'"),
])
def test_mistakes(qc, tmp_path, text, message):
    path = write(tmp_path / "tidl.yaml", text)
    done = qc("compile", "--target", "tda4", "--vendor-config", path, "--dry-run", exit_code=1)
    assert message in done.stderr


def test_no_text_and_no_file(qc, tmp_path):
    path = tmp_path / "tidl.yaml"
    path.write_bytes(b"\x7fELF\x00\x01")
    qc("compile", "--target", "tda4", "--vendor-config", path, "--dry-run", exit_code=1)
    done = qc("compile", "--target", "tda4", "--vendor-config", tmp_path / "none", "--dry-run", exit_code=1)
    assert "none" in done.stderr
    done = qc("compile", "--vendor-config", path, "--dry-run", exit_code=1)
    assert "needs --target" in done.stderr


def test_refused(qc, example, tmp_path):
    path = write(tmp_path / "tidl.yaml", "quantization_scale_type: 1\n")
    done = qc("compile", "--target", "tda4", "--vendor-config", path, "--dry-run", exit_code=1)
    assert "did you mean 'advanced_options.quantization_scale_type'" in done.stderr
    path = write(tmp_path / "tidl.yaml", "advanced_options: {enable_custom_layers: 1, bias_clipping: 1}\n")
    done = qc("compile", example / "shapes.onnx", "--target", "tda4", "--vendor-config", path, "-o", tmp_path / "out",
              exit_code=1)
    assert "qc has no kernels of the user" in done.stderr and "biases have 32 bits here" in done.stderr
    assert not (tmp_path / "out" / "model.qcb").exists()


def test_mixed_widths_of_tidl(qc, tmp_path):
    """The automatic search, layers whose parameters have 16 bits, layers that alone are offloaded."""
    text = """
tensor_bits: 8
accuracy_level: 1
allow_list:layer_name: "conv_1, conv_2"
advanced_options: {mixed_precision_factor: 1.2, params_16bit_names_list: conv_1}
"""
    keys = dry(qc, "tda4", write(tmp_path / "tidl.yaml", text))
    assert {"--correct=bias", "--correct=widths", "--max-cycles=1.2", "--int16-weights=conv_1",
            "--deny=except:conv_1,except:conv_2"} <= options(keys)
    keys = dry(qc, "tda4", write(tmp_path / "tidl.yaml", text.replace("level: 1", "level: 0")))
    assert "--correct=none" not in options(keys) and {"--correct=widths", "--method=ema"} <= options(keys)
    keys = dry(qc, "tda4", write(tmp_path / "tidl.yaml", text.replace("bits: 8", "bits: 16")))
    assert keys["advanced_options.mixed_precision_factor"]["kind"] == "no meaning"
    keys = dry(qc, "tda4", write(tmp_path / "tidl.yaml", text.replace("1.2", "0.5")), exit_code=1)
    assert keys["advanced_options.mixed_precision_factor"]["kind"] == "refused"
    keys = dry(qc, "tda4", write(tmp_path / "tidl.yaml", text + "deny_list: MaxPool\n"), exit_code=1)
    assert "not both" in keys["allow_list.layer_name"]["words"]


def test_layers_of_horizon(qc, tmp_path):
    """Inputs of nodes, kinds of layers, what is taken off the edges."""
    text = HORIZON.replace("node_info: {conv_2: {ON: CPU}}",
                           "node_info: {conv_2: {ON: CPU}, a: {InputType: int16}, b: {InputType1: int16, OutputType: int16}}\n"
                           "  remove_node_type: Quantize;Dequantize;Transpose;Softmax\n  remove_node_name: last")
    text = text.replace("bias_correction;set_model_output_int8",
                        "set_model_output_int16;set_Conv_input_int16;set_Add_output_int16;set_Mul_input_int8")
    text = text.replace("optimize_level: O3", "advice: 20")
    found = options(dry(qc, "horizon", write(tmp_path / "hb.yaml", text)))
    assert {"--int16-tensors=inputs:a", "--int16-tensors=input1:b", "--int16-tensors=b",
            "--int16-tensors=network:outputs", "--int16-tensors=inputs:Conv", "--int16-tensors=results:Add",
            "--keep-edges", "--remove-edge-ops=Transpose,Softmax", "--remove-edge-ops=name:last",
            "--advice=20"} <= found
    keys = dry(qc, "horizon", write(tmp_path / "hb.yaml", text.replace("Quantize;Dequantize;", "Quantize;")), exit_code=1)
    assert "go together" in keys["model_parameters.remove_node_type"]["words"]
    keys = dry(qc, "horizon", write(tmp_path / "hb.yaml", text.replace("Softmax", "Conv")), exit_code=1)
    assert "'Conv' is none of" in keys["model_parameters.remove_node_type"]["words"]
    keys = dry(qc, "horizon", write(tmp_path / "hb.yaml", text.replace("InputType1", "InputTypeX")), exit_code=1)
    assert keys["model_parameters.node_info.b.InputTypeX"]["kind"] == "refused"
    nash = text.replace("bayes-e", "nash-e").replace("advice: 20", "max_l2m_size: 2097152")
    assert "--l1-size-kb=2048" in options(dry(qc, "horizon", write(tmp_path / "hb.yaml", nash)))


def test_what_new_options_do(qc, example, tmp_path):
    """Inputs of all convolutions and the outputs in 16 bits, weights of some in 16, the last op left out."""
    base = ("compile", example / "shapes.onnx", "--data", example / "calib", "--samples", "4", "--correct", "none",
            "--preprocess", "color=rgb mean=127.5 std=127.5", "--emit", "qcb", "--allow-cpu")

    def program(*arguments):
        qc(*base, *arguments, "-o", tmp_path / "out")
        return json.loads(qc("inspect", tmp_path / "out" / "model.qcb", "--json").stdout)

    wide = program("--int16-tensors", "inputs:Conv,network:outputs")
    convs = [step for step in wide["instructions"] if step["kernel"] == "conv2d"]
    assert convs and {step["inputs"][0]["type"] for step in convs} == {"i16"}
    heavy = program("--int16-weights", "Conv")
    convs = [step for step in heavy["instructions"] if step["kernel"] == "conv2d"]
    assert {(step["inputs"][0]["type"], step["inputs"][1]["type"]) for step in convs} == {("i8", "i16")}
    others = [step for step in heavy["instructions"] if step["kernel"] == "fully_connected"]
    assert {step["inputs"][1]["type"] for step in others} == {"i8"}
    some = program("--deny", "except:Conv")
    assert {step["kernel"] for step in some["instructions"] if step["placement"] == "npu"} <= {
        "conv2d", "quantize", "dequantize", "requantize", "transpose"}
    assert any(step["placement"] == "cpu" for step in some["instructions"])
    assert "'Conf'" in qc(*base, "--int16-weights", "Conf", "-o", tmp_path / "o", exit_code=1).stderr
    assert "'Conf'" in qc(*base, "--int16-tensors", "inputs:Conf", "-o", tmp_path / "o", exit_code=1).stderr
    assert "which has none" in qc(*base, "--int16-weights", "flatten_out", "-o", tmp_path / "o", exit_code=1).stderr


def test_scale_types(qc, example, tmp_path):
    done = qc("compile", example / "shapes.onnx", "--target", "tda4", "--target-option", "quantization_scale_type=4",
              "-o", tmp_path / "out", exit_code=1)
    assert "is not for tda4vm" in done.stderr
    text = qc("targets", "tda4", "--target-option", "quantization_scale_type=0").stdout
    assert "activations i8 symmetric; weights i8 symmetric, a scale a tensor\n" in text


def test_same_program_as_by_options(qc, example, tmp_path):
    """A vendor's file and the options that it stands for make the same program."""
    path = write(tmp_path / "tidl.yaml", f"artifacts_folder: {tmp_path / 'file'}\n" + TIDL)
    done = qc("compile", example / "shapes.onnx", "--target", "tda4", "--vendor-config", path, "--data",
              example / "calib", "--preprocess", PREPROCESS, "--emit", "qcb")
    assert "2 of the 7 options of the vendor change nothing here" in done.stderr
    qc("compile", example / "shapes.onnx", "--target", "tda4", "--precision", "int16", "--correct", "bias", "--samples",
       "6", "--target-option", "quantization_scale_type=0", "--data", example / "calib", "--preprocess", PREPROCESS,
       "--emit", "qcb", "-o", tmp_path / "line")
    digests = {hashlib.sha256((tmp_path / name / "model.qcb").read_bytes()).hexdigest() for name in ("file", "line")}
    assert len(digests) == 1
    # Another scale type is another program.
    qc("compile", example / "shapes.onnx", "--target", "tda4", "--vendor-config", path, "--data", example / "calib",
       "--preprocess", PREPROCESS, "--emit", "qcb", "--target-option", "quantization_scale_type=1", "-o",
       tmp_path / "other")
    digests.add(hashlib.sha256((tmp_path / "other" / "model.qcb").read_bytes()).hexdigest())
    assert len(digests) == 2


def test_model_from_the_file(qc, example, tmp_path):
    text = HORIZON.replace("shapes.onnx", str(example / "shapes.onnx")).replace("built", str(tmp_path / "built"))
    text = text.replace("./calib", "random:4").replace("node_info: {conv_2: {ON: CPU}}", "layer_out_dump: false")
    qc("compile", "--target", "horizon", "--vendor-config", write(tmp_path / "hb.yaml", text), "--emit", "qcb")
    assert (tmp_path / "built" / "model.qcb").exists()
    done = qc("compile", "--target", "horizon", "--vendor-config",
              write(tmp_path / "none.yaml", "model_parameters: {march: bayes-e}"), exit_code=2)
    assert "model is required" in done.stderr
