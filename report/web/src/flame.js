// SPDX-License-Identifier: BSD-2-Clause
import './base.css';
import './flame.css';
import flamegraph from 'd3-flame-graph';
import { select } from 'd3-selection';

select(document.body).datum({ name: 'all', value: 1 }).call(flamegraph());
