// Ring resonator of rectangular (or trapezoidal) section on a substrate. Meridian half plane: x = r, y = z, in um.

DefineConstant[
  diameter = {40.0, Name "outer diameter at half height (um)"}
  width = {1.0, Name "width at half height (um)"}
  height = {0.6, Name "height (um)"}
  wall_angle_deg = {0.0, Name "side walls against the vertical (deg): the ring is wider below"}
  substrate = {1.5, Name "substrate thickness in the section (um)"}
  margin = {1.5, Name "surround beyond the ring (um)"}
  rim_size = {0.12, Name "element size at the outer wall (um)"}
  far_size = {0.5, Name "element size far away (um)"}
  rim_reach = {0.8, Name "fine within this distance of the outer wall (um)"}
];
h = height / 2;
lean = h * Tan(wall_angle_deg * Pi / 180);
out = diameter / 2;
in = out - width;
left = in - lean - margin;
right = out + lean + margin;

Point(1) = {in - lean, -h, 0};
Point(2) = {out + lean, -h, 0};
Point(3) = {out - lean, h, 0};
Point(4) = {in + lean, h, 0};
Point(5) = {left, -h, 0};
Point(6) = {left, -h - substrate, 0};
Point(7) = {right, -h - substrate, 0};
Point(8) = {right, -h, 0};
Point(9) = {right, h + margin, 0};
Point(10) = {left, h + margin, 0};

Line(1) = {1, 2};
Line(2) = {2, 3};
Line(3) = {3, 4};
Line(4) = {4, 1};
Line(5) = {5, 1};
Line(6) = {2, 8};
Line(7) = {5, 6};
Line(8) = {6, 7};
Line(9) = {7, 8};
Line(10) = {8, 9};
Line(11) = {9, 10};
Line(12) = {10, 5};

Curve Loop(1) = {1, 2, 3, 4};
Plane Surface(1) = {1};
Curve Loop(2) = {7, 8, 9, -6, -1, -5};
Plane Surface(2) = {2};
Curve Loop(3) = {5, -4, -3, -2, 6, 10, 11, 12};
Plane Surface(3) = {3};

Physical Surface("body") = {1};
Physical Surface("substrate") = {2};
Physical Surface("surround") = {3};
Physical Curve("rim") = {2, 3, 4};
Physical Curve("joint") = {1};
Physical Curve("ground") = {5, 6};
Physical Curve("inner") = {7, 12};
Physical Curve("outer") = {8, 9, 10, 11};

equator() = {2, 3};
Include "size_field.geo";
